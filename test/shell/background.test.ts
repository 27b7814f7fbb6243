import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Event, Task } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { command, sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { sleeping } from '../support/sleeping.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

const ctrlB = '\u0002';
const ctrlZ = '\u001A';

async function shells(home: SandboxHome): Promise<Task[]> {
  return (await home.prefish(['tasks', 'ls', '--json'])).json<{ tasks: Task[] }>().tasks;
}

describe('a trailing &', () => {
  test('makes a task with a transcript and the exit code as it was', async () => {
    await using t = await sandboxHome();
    const run = await t.prefish(['-c', '!echo out; echo err >&2; exit 7 &', '-c', '!echo here']);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('here\n') });
    const waited = await t.prefish(['tasks', 'wait', 's1', '--json']);
    expect(waited.code).toBe(7);
    expect(waited.json<Task[]>()).toMatchObject([
      {
        id: 's1',
        source: 'shells',
        state: 'failed',
        exit: { code: 7 },
        title: 'echo out; echo err >&2; exit 7',
      },
    ]);
    const events = (await t.prefish(['tasks', 'logs', '@last', '--json'])).events();
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(text(events)).toBe('out\r\nerr\r\n');
    expect(events.at(-1)).toMatchObject({ type: 'state', state: 'failed' });
  });

  test('has a title of one row, and runs all of its rows', async () => {
    await using t = await sandboxHome();
    await t.prefish(['-c', '!echo one\nfor i in 2; do\necho $i; done &']);
    const waited = await t.prefish(['tasks', 'wait', 's1', '--json']);
    expect(waited.json()).toMatchObject([
      { title: 'echo one⏎for i in 2; do⏎echo $i; done', line: '!echo one\nfor i in 2; do\necho $i; done' },
    ]);
    expect((await t.prefish(['tasks', 'logs', 's1'])).stdout).toBe('one\n2\n');
  });

  test('leaves folder and variables of the shell alone, and knows its functions', async () => {
    await using t = await sandboxHome();
    const run = await t.prefish([
      '-c',
      '!greet() { echo "hello from $PWD"; }',
      '-c',
      '!cd / && export LEFT=1 && greet &',
      '-c',
      '!pwd; echo "[$LEFT]"',
    ]);
    expect(run.stdout).toContain(`${t.home}\n[]\n`);
    await t.prefish(['tasks', 'wait', 's1']);
    expect((await t.prefish(['tasks', 'logs', 's1'])).stdout).toBe('hello from /\n');
  });

  test('cancel ends the whole tree, and says so', async () => {
    await using t = await sandboxHome();
    await t.prefish(['-c', '!(setsid sleep 7301 &) ; trap "" INT TERM; sleep 7302 &']);
    await until(
      async () => [...(await sleeping(7301)), ...(await sleeping(7302))].length === 2,
      'both to run',
    );
    const run = await t.prefish(['tasks', 'cancel', 's1', '--json']);
    expect(run.json()).toMatchObject({ state: 'canceled', exit: { signal: 'SIGKILL' } });
    expect([...(await sleeping(7301)), ...(await sleeping(7302))]).toEqual([]);
  });

  test('a program that was killed has not completed', async () => {
    await using t = await sandboxHome();
    await t.prefish(['-c', '!kill -9 $$ &']);
    const waited = await t.prefish(['tasks', 'wait', 's1', '--json']);
    expect(waited.json()).toMatchObject([{ state: 'failed', exit: { signal: 'SIGKILL' } }]);
    expect(waited.code).toBe(137);
  });
});

describe('at the terminal', () => {
  test('one that fails says why, in a row of what it printed last', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t, []);
    await shell.shows(/❯|>/);
    shell.type(
      `!printf 'begins\\n\\033[31mjob error: no such script\\033[0m\\njob error\\nsee the log\\n'; exit 3 &\r`,
    );
    await shell.shows(/s1 failed \(exit 3\) · printf .*\n.*\n? {2}job error: no such script/);
    shell.type('!echo almost; sleep 0.1; kill -9 $$ &\r');
    await shell.shows(/s2 failed \(SIGKILL\) · echo .*\n {2}almost/);
  });

  test('those that end at once are told of, each', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t, [], { rows: 60 });
    await shell.shows(/❯|>/);
    for (let number = 1; number <= 8; number++) {
      shell.type('!exit 3 &\r');
      await shell.shows(`s${number} failed (exit 3)`);
    }
  });

  const counting = '!for i in $(seq 2000); do echo line $i; sleep 0.02; done';

  test('Ctrl+B sends a program to the background; Enter goes back to it, and nothing it prints is missing', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type(`${counting}\r`);
    await shell.shows('line 5');
    shell.type(ctrlB);
    await shell.shows('s1 runs in the background');
    shell.type('!echo still here\r');
    await shell.shows(/^still here$/m);
    shell.type('/tasks\r');
    await shell.shows('Shells (1)');
    await shell.shows('Enter to attach');
    shell.type(keys.enter);
    await shell.shows(/line \d\d\d/);
    shell.type(ctrlB);
    await shell.shows('Background tasks');
    shell.type('x');
    await shell.shows('canceled');
    const heard = numbers((await t.prefish(['tasks', 'logs', 's1', '--json'])).events());
    expect(heard.length).toBeGreaterThan(5);
    expect(heard).toEqual(heard.map((_, index) => heard[0]! + index));
  });

  test('what is typed goes to the program that is attached', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!read -p "name? " name; echo "hello $name" > greeting; sleep 7303 &\r');
    await shell.shows('s1 runs');
    shell.type('/tasks attach s1\r');
    await shell.shows(/^name\?/m);
    shell.type('Ada\r');
    await until(
      () => t.prefish(['-c', '!cat greeting']).then(({ stdout }) => stdout === 'hello Ada\n'),
      'the answer',
    );
    shell.type(ctrlB);
    await shell.shows('s1 goes on');
    expect(await sleeping(7303)).toHaveLength(1);
    shell.type(keys.endOfInput);
    await shell.shows('This still runs');
    shell.type(keys.down + keys.enter);
    expect(await shell.ended).toBe(0);
    expect(await sleeping(7303)).toEqual([]);
    expect(await shells(t)).toMatchObject([{ state: 'canceled' }]);
  });

  test('who goes back to a program that waits sees what it asks, and how to leave', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!printf "row %s\\n" {1..40}; read -p "name? " name\r');
    await shell.shows(/^name\?/m);
    shell.type(ctrlB);
    await shell.shows('s1 runs in the background');
    shell.type('\x0c/tasks attach s1\r');
    await shell.shows(/^row 40\nattached to s1 · Ctrl\+B leaves\nname\?$/m);
    shell.type('Ada\r');
    await shell.shows('s1 has ended');
  });

  test('Ctrl+Z sends there what has no shell that could continue it; a program that reads the key gets it', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!sleep 7306\r');
    await until(async () => (await sleeping(7306)).length === 1, 'the program to run');
    shell.type(ctrlZ);
    await shell.shows('s1 runs in the background');
    shell.type('!bash --norc -i\r');
    await shell.shows('bash-');
    shell.type('sleep 7307\r');
    await until(async () => (await sleeping(7307)).length === 1, 'the other to run');
    shell.type(ctrlZ);
    await shell.shows(/Stopped +sleep 7307/);
    shell.type('kill %1; exit\r');
    await shell.shows('❯');
    expect(await shells(t)).toMatchObject([{ id: 's1', state: 'working' }]);
  });

  test('what a program switched on the terminal is off at the prompt, and on again where it is attached', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type(`!printf '\\033[?1000h'; echo reading; cat\r`);
    await shell.shows(/^reading$/m);
    shell.type(ctrlB);
    await shell.shows('s1 runs in the background');
    expect(mouse(shell.bytes())).toBe('l');
    shell.type('/tasks attach s1\r');
    await shell.shows('attached to s1');
    await until(() => mouse(shell.bytes()) === 'h', 'mouse reports');
    shell.type(ctrlB);
    await shell.shows('s1 goes on');
    expect(mouse(shell.bytes())).toBe('l');
    shell.type(`!printf '\\033[?1000h'; kill -9 $$\r`);
    await until(() => shell.bytes().split('\x1b[?1000h').length === 4, 'the last one');
    await until(() => mouse(shell.bytes()) === 'l', 'them to go');
  });

  test('to attach says how to leave, and is refused inside of a line', async () => {
    await using t = await sandboxHome();
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!sleep 7308 &\r');
    await shell.shows('s1 runs');
    shell.type(`!${process.execPath} ${command} tasks attach s1\r`);
    await shell.shows('/tasks attach s1');
    shell.type('/tasks attach s1\r');
    await shell.shows('attached to s1 · Ctrl+B leaves');
    shell.type(ctrlB);
    await shell.shows('s1 goes on');
  });

  test('a full-screen program has the key for itself', async () => {
    await using t = await sandboxHome();
    await writeFile(
      join(t.home, 'full.sh'),
      `stty raw -echo; printf '\\033[?1049hready'; head -c1 | od -An -tx1 > key; printf '\\033[?1049l'`,
    );
    await using shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!bash full.sh\r');
    await shell.shows(/^ready/m);
    shell.type(ctrlB);
    await shell.shows('full.sh');
    shell.type('!cat key\r');
    await shell.shows(/^ 02$/m);
  });

  test('on leaving, a program goes on if the person says so, and is listed in the next shell', async () => {
    await using t = await sandboxHome();
    await using first = openTerminal(t);
    await first.shows(/❯|>/);
    first.type('!sleep 7304; exit 3\r');
    await until(async () => (await sleeping(7304)).length === 1, 'the program to run');
    first.type(ctrlB);
    await first.shows('s1 runs in the background');
    first.type(keys.endOfInput);
    await first.shows('This still runs: s1 sleep 7304');
    first.type(keys.escape);
    await first.hides('1 Keep running');
    first.type('!echo stayed\r');
    await first.shows(/^stayed$/m);
    first.type(keys.endOfInput);
    await first.shows('> 1 Keep running');
    first.type(keys.enter);
    expect(await first.ended).toBe(0);
    expect(await shells(t)).toMatchObject([{ id: 's1', state: 'working' }]);
    const [pid] = await sleeping(7304);
    process.kill(pid!, 'SIGTERM');
    const waited = await t.prefish(['tasks', 'wait', 's1', '--json']);
    expect(waited.json()).toMatchObject([{ state: 'failed', exit: { code: 3 } }]);
  });

  test('a terminal that goes without a word takes its shells along', async () => {
    await using t = await sandboxHome();
    const shell = openTerminal(t);
    await shell.shows(/❯|>/);
    shell.type('!sleep 7305 &\r');
    await shell.shows('s1 runs');
    await until(async () => (await sleeping(7305)).length === 1, 'the program to run');
    await shell[Symbol.asyncDispose]();
    await until(async () => (await sleeping(7305)).length === 0, 'the program to end');
    await until(async () => (await shells(t))[0]?.state === 'canceled', 'the record to say so');
    expect(await shells(t)).toMatchObject([{ state: 'canceled', reason: 'hangup' }]);
  });
});

test('`hangup: keep` lets background shells go on when their terminal goes', async () => {
  await using t = await sandboxHome();
  const config = join(t.home, 'keep.yaml');
  await writeFile(config, "plugins:\n  - ['@prefish/plugin-shell', { hangup: keep }]\n");
  const shell = openTerminal(t, ['--config', config]);
  await shell.shows(/❯|>/);
  shell.type('!read word; echo "read $word" &\r');
  await shell.shows('s1 runs');
  shell.hangUp();
  await shell.ended;
  await using second = openTerminal(t, ['tasks', 'attach', 's1']);
  await second.shows('attached to s1');
  second.type('it\r');
  await second.shows(/^read it$/m);
  expect(await second.ended).toBe(0);
  expect(await shells(t)).toMatchObject([{ state: 'completed', exit: { code: 0 } }]);
});

test('a shell that somebody else is attached to outlives its own terminal', async () => {
  await using t = await sandboxHome();
  const first = openTerminal(t);
  await first.shows(/❯|>/);
  first.type('!echo ready; trap "exit 0" INT; while :; do sleep 0.05; done &\r');
  await first.shows('s1 runs');
  await using second = openTerminal(t, ['tasks', 'attach', 's1']);
  await second.shows(/^ready/m);
  first.hangUp();
  await first.ended;
  second.type('still\r');
  await second.shows('still');
  second.type(ctrlB);
  await second.shows('s1 goes on');
  expect(await shells(t)).toMatchObject([{ id: 's1', state: 'working' }]);
  const { stdout } = await t.prefish(['tasks', 'cancel', 's1', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'canceled' });
  expect(JSON.parse(stdout)).not.toHaveProperty('exit');
});

/** Whether mouse reports are on: `h` or `l`. */
function mouse(bytes: string): string | undefined {
  return bytes.slice(bytes.lastIndexOf('\x1b[?1000')).at('\x1b[?1000'.length);
}

function text(events: readonly Event[]): string {
  return events.map((event) => (event.type === 'output' ? event.text : '')).join('');
}

function numbers(events: readonly Event[]): number[] {
  return Array.from(text(events).matchAll(/line (\d+)\r/g), ([, number]) => Number(number));
}
