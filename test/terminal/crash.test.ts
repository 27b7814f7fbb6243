import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command, sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal, type TerminalSession } from '../support/terminal.ts';
import { numberIn, openWatched, untouched } from '../support/watched-terminal.ts';

/** Switches that prefish or a program may have left on: the alternate screen, a hidden cursor, pasting, the mouse. */
const switches = ['?1049', '?2004', '?1000', '?1004'];

/** prefish that fails in its own code when it gets SIGUSR2. */
async function openFragile(t: SandboxHome): Promise<TerminalSession> {
  const module = join(t.root, 'fail.mjs');
  await writeFile(module, `process.on('SIGUSR2', () => { throw new Error('it fails'); });\n`);
  const shell = openWatched(t, `--import=${module}`);
  await shell.shows(/^❯ $/m);
  return shell;
}

async function ended(shell: TerminalSession, code: number): Promise<void> {
  await shell.shows(`ended ${code}`);
  await shell.shows(untouched);
  const bytes = shell.bytes();
  for (const mode of switches) {
    expect(bytes.lastIndexOf(`\x1b[${mode}h`)).toBeLessThanOrEqual(bytes.lastIndexOf(`\x1b[${mode}l`));
  }
  expect(bytes.lastIndexOf('\x1b[?25l')).toBeLessThanOrEqual(bytes.lastIndexOf('\x1b[?25h'));
}

test('an error of its own at the prompt', async () => {
  await using t = await sandboxHome();
  await using shell = await openFragile(t);
  shell.type('!echo pid-$PPID-\r');
  const pid = await numberIn(shell, /^pid-(\d+)-\n❯ ?$/m);
  shell.type('half a line');
  await shell.shows(/^❯ half a line$/m);
  process.kill(pid, 'SIGUSR2');
  await ended(shell, 1);
  expect(shell.screen()).toMatch(/^pid-\d+-\nprefish: it fails$/m);
});

test.each([
  ['an error of its own', 'SIGUSR2', 1],
  ['SIGTERM', 'SIGTERM', 143],
  ['SIGHUP', 'SIGHUP', 129],
] as const)('%s while a full-screen program runs, and while a list is shown', async (_name, signal, code) => {
  await using t = await sandboxHome();
  const on = switches.map((mode) => `\\033[${mode}h`).join('');
  await using full = await openFragile(t);
  full.type(`!stty raw -echo; printf '${on}\\033[?25lpid-%s-' $PPID; sleep 6464\r`);
  process.kill(await numberIn(full, /pid-(\d+)-/), signal);
  await ended(full, code);

  await using list = await openFragile(t);
  list.type('!sleep 6565 &\r');
  await list.shows('s1 runs in the background');
  list.type('!echo pid-$PPID-\r');
  const pid = await numberIn(list, /^pid-(\d+)-\n❯ ?$/m);
  list.type('/tasks\r');
  await list.shows('Esc to close');
  process.kill(pid, signal);
  await ended(list, code);
});

test('after kill -9 the next start is as ever', async () => {
  await using t = await sandboxHome();
  await using shell = openTerminal(t, ['--norc', '-i'], {
    program: ['/bin/bash', '--noprofile'],
    env: { PREFISH_NODE: process.execPath, PREFISH_ENTRY: command, PS1: 'outer$ ' },
  });
  await shell.shows('outer$');
  const start = '"$PREFISH_NODE" "$PREFISH_ENTRY"\r';
  shell.type(start);
  await shell.shows('? lists them all');
  shell.type('!kill -9 $PPID\r');
  await shell.shows(/Killed/);
  shell.type(start);
  await shell.shows(/Killed[^]*^❯ $/m);
  shell.type('!echo as-$((1))\r');
  await shell.shows(/^as-1$/m);
  shell.type(keys.endOfInput);
  await shell.shows(/^❯ *\nouter\$/m);
});
