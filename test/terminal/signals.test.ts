import { expect, test } from 'vitest';
import { isAlive } from '../support/processes.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';
import { numberIn, openWatched, untouched } from '../support/watched-terminal.ts';

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '%s at the prompt and while a program runs: it ends, the terminal is as it was',
  async (signal, code) => {
    await using t = await sandboxHome();
    await using idle = openWatched(t);
    await using busy = openWatched(t);
    await idle.shows(/^❯ $/m);
    idle.type('!echo pid-$PPID-\r');
    process.kill(await numberIn(idle, /^pid-(\d+)-$/m), signal);
    await idle.shows(`ended ${code}`);
    await idle.shows(untouched);

    busy.type('!sleep 6262 & echo child-$!-; stty raw; echo pid-$PPID-; wait\r');
    const child = await numberIn(busy, /^ *child-(\d+)-/m);
    process.kill(await numberIn(busy, /pid-(\d+)-/m), signal);
    await busy.shows(`ended ${code}`);
    await busy.shows(untouched);
    await until(() => !isAlive(child), 'the program to end');
  },
);

test('a terminal that goes away ends prefish and what it runs', async () => {
  await using t = await sandboxHome();
  const shell = openTerminal(t);
  await shell.shows(/^❯ $/m);
  shell.type('!sleep 6363 & echo child-$!-; wait\r');
  const child = await numberIn(shell, /^child-(\d+)-$/m);
  shell.hangUp();
  await until(() => !isAlive(shell.pid) && !isAlive(child), 'both to end');
});

test('a resize is followed at once, with a line that no longer fits', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t, [], { columns: 100 });
  await shell.shows(/^❯ $/m);
  const typed = `!echo ${'0123456789'.repeat(7)}`;
  shell.type(typed);
  await shell.shows(typed);
  const resize = async (columns: number, rows: number): Promise<void> => {
    const before = shell.bytes().length;
    shell.resize(columns, rows);
    await until(() => shell.bytes().length > before, 'it to draw again');
  };
  await resize(30, 20);
  await shell.shows(`${typed.slice(0, 28)}\n`);
  await resize(100, 24);
  await shell.shows(`❯ ${typed}`);
  shell.type('\r');
  await shell.shows(/^(0123456789){7}$/m);
  expect(shell.screen().match(/❯ !echo/g)).toHaveLength(1);
});
