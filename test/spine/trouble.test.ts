import { globSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../support/processes.ts';
import { sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';
import { sleeping } from '../support/sleeping.ts';
import { finished, outputOf, show, submit, transcript } from '../support/tasks.ts';
import { until } from '../support/until.ts';

interface DaemonStatus {
  running: boolean;
  pid?: number;
  socket: string;
  working: number;
  submitted: number;
}
const daemon = async (home: SandboxHome): Promise<DaemonStatus> =>
  (await home.prefish(['daemon', 'status', '--json'])).json<DaemonStatus>();

async function killServer(home: SandboxHome): Promise<void> {
  const { pid } = await daemon(home);
  process.kill(pid!, 'SIGKILL');
  await until(() => !isAlive(pid!), 'the server to be gone');
}

describe('when things break', () => {
  test('the shell that submitted is killed: the task goes on', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const shell = t.spawn(['-c', '& --wait !sleep 0.7; echo finished'], { cwd: repository.path });
    await until(
      async () => (await t.prefish(['tasks', 'ls', '--json'])).json<{ tasks: object[] }>().tasks.length === 1,
      'the task to be listed',
    );
    shell.kill('SIGKILL');
    expect(await finished(t, '@last')).toMatchObject({ state: 'completed' });
    expect(await outputOf(t, '@last')).toBe('finished\n');
  });

  test('the server is killed: nothing of the attempt runs on, the next command brings it back, every event is there', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const started = await submit(t, '!echo before; sleep 5151; echo never', { cwd: repository.path });
    await until(
      async () => (await transcript(t, started)).some(({ type }) => type === 'output'),
      'the first output',
    );
    const waiting = await submit(t, `--after ${started} !echo waited`, { cwd: repository.path });
    const before = await transcript(t, started);

    await killServer(t);
    await until(async () => (await sleeping(5151)).length === 0, 'the task’s processes to be gone');
    expect(await t.prefish(['-c', '!true'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    await until(async () => (await daemon(t)).running, 'the server to be back');

    expect(await finished(t, started)).toMatchObject({ state: 'failed', reason: 'worker-lost', attempt: 1 });
    const after = await transcript(t, started);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => index + 1));
    expect(await finished(t, waiting)).toMatchObject({ state: 'failed', reason: 'dependency-failed' });

    const log = await readFile(join(t.prefishHome, 'state', 'server.log'), 'utf8');
    const lines = log.split('\n').slice(0, -1);
    const entries = lines.map((line) => JSON.parse(line) as { message: string; task?: string });
    const ofLost = entries.filter(({ message, task }) => task === started && message !== 'a task begins');
    expect(ofLost).toMatchObject([
      {
        message: expect.stringContaining('nobody watches it'),
        attempt: 1,
        recorded: [{ pid: expect.any(Number) }],
      },
      { message: 'settled a lost attempt', attempt: 1, ended: [], state: 'failed', reason: 'worker-lost' },
    ]);
  });

  test('a task that had not started runs after the server was killed; one with retries runs again', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const line = 'echo attempt; case $PREFISH_TASK_ATTEMPT in */1) sleep 600;; esac';
    const blocker = await submit(t, `--retries 1 !${line}`, { cwd: repository.path });
    const waiting = await submit(t, `--after ${blocker} !echo waited`, { cwd: repository.path });
    await until(
      async () => (await transcript(t, blocker)).some(({ type }) => type === 'output'),
      'the first output',
    );
    await killServer(t);
    expect(await finished(t, waiting)).toMatchObject({ state: 'completed' });
    const task = await show(t, blocker);
    expect(task).toMatchObject({ state: 'completed' });
    expect(await outputOf(t, waiting)).toBe('waited\n');
    const states = (await transcript(t, blocker)).flatMap((event) =>
      event.type === 'state' ? [event.state] : [],
    );
    expect(states.filter((state) => state === 'completed')).toEqual(['completed']);
  });

  test('many shells race to be first: one server, every task', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const ids = await Promise.all(
      Array.from({ length: 8 }, (_, index) => submit(t, `!echo ${index}`, { cwd: repository.path })),
    );
    const tasks = await Promise.all(ids.map((id) => finished(t, id)));
    expect(tasks.map(({ state }) => state)).toEqual(ids.map(() => 'completed'));
    expect(new Set(tasks.map(({ number }) => number)).size).toBe(ids.length);
    expect(await daemon(t)).toMatchObject({ running: true, working: 0, submitted: 0 });
  });

  test('a damaged database is named, kept, and costs nothing else', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    await finished(t, await submit(t, '!true', { cwd: repository.path }));
    await t.prefish(['daemon', 'stop']);
    const [database] = globSync(join(t.prefishHome, '**', 'tasks.db'));
    const damaged = Buffer.from('this is no database, but it is somebody’s data\n'.repeat(100));
    await writeFile(database!, damaged);
    const listed = await t.prefish(['tasks', 'ls']);
    expect(listed.code).not.toBe(0);
    expect(listed.stderr + listed.stdout).toContain(database);
    expect(await readFile(database!)).toEqual(damaged);
    expect(await t.prefish(['-c', '!echo still here'])).toMatchObject({ code: 0, stdout: 'still here\n' });
  });

  test('no git, an old git: said at once, nothing sent', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const bin = join(t.root, 'bin');
    await mkdir(bin);
    for (const name of ['bash', 'sh']) await symlink(`/bin/${name}`, join(bin, name));
    const without = await t.prefish(['-c', '& !true'], { cwd: repository.path, env: { PATH: bin } });
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('PREFISH_GIT_MISSING') });
    await writeFile(join(bin, 'git'), '#!/bin/sh\necho git version 2.30.2\n');
    await chmod(join(bin, 'git'), 0o755);
    const old = await t.prefish(['-c', '& !true'], { cwd: repository.path, env: { PATH: bin } });
    expect(old).toMatchObject({ code: 2, stderr: expect.stringMatching(/2\.30\.2[^]*2\.38/) });
  });

  test('a line is as long as a program’s argument may be; a longer one is refused before anything is sent', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const line = (length: number): string => `!: ${'x'.repeat(length - 3)}`;
    const script = (length: number): Promise<Run> =>
      t.prefish([], { cwd: repository.path, input: `& ${line(length)}\n` });
    expect(await script(127 * 1024)).toMatchObject({ code: 0 });
    expect(await finished(t, '@last')).toMatchObject({ state: 'completed' });
    expect(await script(127 * 1024 + 1)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PREFISH_USAGE'),
    });
    expect((await t.prefish(['tasks', 'ls', '--json'])).json<{ tasks: object[] }>().tasks).toHaveLength(1);
  });

  test('a line that makes no sense is refused before anything is sent', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    for (const [line, code] of [
      ['&', 2],
      ['& npm test', 2],
      ['& --wat !true', 2],
      ['& --network some !true', 2],
      ['& --timeout soon !true', 2],
      ['& & !true', 2],
      ['& --carry ../outside !true', 2],
      ['hello', 2],
    ] as const) {
      const run = await t.prefish(['-c', line], { cwd: repository.path });
      expect(run.code, line).toBe(code);
      expect(run.stderr, line).toMatch(/^prefish: /m);
    }
    expect((await t.prefish(['tasks', 'ls', '--json'])).json()).toEqual({ tasks: [] });
  });
});
