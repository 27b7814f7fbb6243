import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processesWithEnvironment } from '../support/processes.ts';
import { ended, sandboxHome } from '../support/sandbox-home.ts';
import { until } from '../support/until.ts';

test('-c runs all of its lines in order; the last one decides the exit code', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['-c', '!echo one; exit 3', '-c', '!echo two; exit 4']);
  expect(run).toMatchObject({ code: 4, stdout: 'one\ntwo\n' });
  expect(await t.prefish(['-c', '!exit 3', '-c', '!true'])).toMatchObject({ code: 0 });
});

test('folder and variables last from line to line', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['-c', '!mkdir sub && cd sub && export X=1', '-c', '!pwd; echo $X']);
  expect(run.stdout).toBe(`${t.home}/sub\n1\n`);
});

test.each([
  ['!kill -TERM $$', 143],
  ['!no-such-command-here', 127],
  ['plain words', 2],
  ['& ', 2],
])('the exit code of %j is %i', async (line, code) => {
  await using t = await sandboxHome();
  expect((await t.prefish(['-c', line])).code).toBe(code);
});

test('standard input is a script: comments and a first #! line do not run, the last line needs no line end', async () => {
  await using t = await sandboxHome();
  const input = '#!/usr/bin/env prefish\n# comment\n\n!echo a\n!cat\n!echo b; exit 5';
  expect(await t.prefish([], { input })).toMatchObject({ code: 5, stdout: 'a\nb\n' });
});

test('a script stops, by name, at what cannot be a line', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish([], { input: '!echo a\n!echo \0b\n!echo c\n' });
  expect(run).toMatchObject({ code: 2, stdout: 'a\n' });
  expect(run.stderr).toContain('Line 2');
});

test('a program of a -c line reads the standard input of prefish', async () => {
  await using t = await sandboxHome();
  expect((await t.prefish(['-c', '!cat'], { input: 'from outside' })).stdout).toBe('from outside');
});

test('--json writes events without gaps and nothing else', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['--json', '-c', '!echo hi; echo no >&2; exit 3', '-c', '#']);
  const events = run.events();
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ type: 'output', stream: 'stdout', text: 'hi\n' }),
      expect.objectContaining({ type: 'output', stream: 'stderr', text: 'no\n' }),
      expect.objectContaining({ type: 'exit', code: 3 }),
      expect.objectContaining({ type: 'error', code: 'PREFISH_MEMORY_EMPTY' }),
    ]),
  );
  expect(events.at(-1)).toMatchObject({ type: 'exit', code: 2 });
  expect(run).toMatchObject({ code: 2, stderr: '' });
});

test('--json numbers what the shell says without gaps, whatever a task says in between', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ 'a.txt': 'a\n' });
  const events = (await t.prefish(['--json', '-c', '& --wait !echo a; exit 9'], { cwd })).events();
  expect(events[0]).toMatchObject({ seq: 1, type: 'state', state: 'submitted', task: expect.any(String) });
  const own = [events[0]!, ...events.filter(({ task }) => task === undefined)];
  const ofTask = events.slice(1).filter(({ task }) => task !== undefined);
  expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index + 1));
  expect(ofTask.map(({ seq }) => seq)).toEqual(ofTask.map((_, index) => index + 1));
  expect(events.at(-1)).toMatchObject({ type: 'exit', code: 9 });
});

test('what a handler says at its end comes before the exit event', async () => {
  await using t = await sandboxHome();
  const types = (await t.prefish(['--json', '-c', '# a note', '-c', '!true']))
    .events()
    .map(({ type }) => type);
  expect(types).toEqual(['output', 'exit', 'exit']);
});

test('--cwd names the folder; one that is missing is refused', async () => {
  await using t = await sandboxHome();
  expect((await t.prefish(['--cwd', '/', '-c', '!pwd'])).stdout).toBe('/\n');
  const run = await t.prefish(['--cwd', 'missing', '-c', '!pwd']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('missing');
});

test('an unknown flag is named', async () => {
  await using t = await sandboxHome();
  const run = await t.prefish(['--jsno', '-c', '!echo hi']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('--jsno');
});

test('20 MB into a reader that starts late arrive whole', async () => {
  await using t = await sandboxHome();
  const child = t.spawn(['-c', '!head -c 20000000 /dev/zero | tr "\\0" x; echo end']);
  child.stdin.end();
  await once(child.stdout, 'readable');
  const { code, stdout } = await ended(child);
  expect(code).toBe(0);
  expect(stdout.length).toBe(20_000_004);
  expect(stdout.endsWith('end\n')).toBe(true);
});

test('a reader that goes away ends the line', async () => {
  await using t = await sandboxHome();
  const child = t.spawn(['-c', '!yes']);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(141);
  await until(
    async () => (await processesWithEnvironment(`PREFISH_HOME=${t.prefishHome}`)).length === 0,
    'yes to end',
  );
});

test.each([
  ['SIGINT', 130, 'sleep 1000 & sleep 1000'],
  ['SIGTERM', 143, 'sleep 1000'],
  ['SIGHUP', 129, 'sleep 1000'],
] as const)('%s ends the line, what it started, and the lines after it: %i', async (signal, code, line) => {
  await using t = await sandboxHome();
  const child = t.spawn(['-c', `!echo ready; ${line}`, '-c', '!echo after']);
  await once(child.stdout, 'data');
  child.kill(signal);
  const run = await ended(child);
  expect(run.code).toBe(code);
  expect(run.stdout).not.toContain('after');
  await until(
    async () => (await processesWithEnvironment(`PREFISH_HOME=${t.prefishHome}`)).length === 0,
    'sleep to end',
  );
});

test('lines run as they come in, and a signal ends the wait for the next one', async () => {
  await using t = await sandboxHome();
  const child = t.spawn([]);
  child.stdin.write('!echo one\n');
  expect(String((await once(child.stdout, 'data'))[0])).toBe('one\n');
  child.kill('SIGTERM');
  expect((await ended(child)).code).toBe(143);
});
