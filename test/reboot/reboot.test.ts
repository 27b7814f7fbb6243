import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Task } from '@prefish/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { endProcessesWithEnvironment, isAlive } from '../support/processes.ts';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { finished, outputOf, submit, transcript } from '../support/tasks.ts';
import { until } from '../support/until.ts';
import { openPower, type Power } from './power.ts';

needs('gcc', 'bubblewrap');

let power: Power;
const path = process.env['PATH'];
beforeAll(() => {
  power = openPower(join(tmpdir(), 'prefish-test-'));
  // For whatever is started from here on.
  Object.assign(process.env, power.env);
});
afterAll(() => {
  for (const name of Object.keys(power.env)) delete process.env[name];
  process.env['PATH'] = path;
  power[Symbol.dispose]();
});

/** Starts the server in the foreground, and resolves once it answers. */
async function startServer(home: SandboxHome): Promise<{ pid: number; socket: string }> {
  home.spawn(['daemon', 'run']);
  return until(async () => {
    const run = await home.prefish(['daemon', 'status', '--json']);
    const status = run.json<{ running: boolean; pid: number; socket: string }>();
    return status.running && status;
  }, 'the server to answer');
}

/** A PATH whose git never ends a push. */
async function withoutPush(home: SandboxHome): Promise<string> {
  const bin = join(home.root, 'bin');
  await mkdir(bin);
  const git = '#!/bin/sh\ncase " $* " in *" push "*) exec sleep 600;; esac\n';
  await writeFile(join(bin, 'git'), `${git}PATH=\${PATH#*:} exec git "$@"\n`);
  await chmod(join(bin, 'git'), 0o755);
  return `${bin}:${process.env['PATH']}`;
}

test('the power goes and comes back: no task is lost, lied about or run twice, and nobody else is harmed', async () => {
  await using home = await sandboxHome();
  const repository = await home.repository({ 'a.txt': 'one\n' });
  const here = { cwd: repository.path };
  const { socket } = await startServer(home);
  const done = await submit(home, '!echo done; echo two >> a.txt', here);
  await finished(home, done);
  const toldOfDone = await transcript(home, done);
  const line = 'echo attempt; case $PREFISH_TASK_ATTEMPT in */1) sleep 600;; esac';
  const lost = await submit(home, `!${line}`, here);
  const again = await submit(home, `--retries 2 !${line}`, here);
  for (const id of [lost, again]) {
    await until(async () => (await outputOf(home, id)) === 'attempt\n', 'it to run');
  }
  await repository.write({ 'b.txt': 'untracked\n' });
  const acknowledged = await submit(home, `--after ${again} !cat b.txt`, here);
  const told = await transcript(home, lost);
  const outbox = join(home.prefishHome, 'data', 'outbox');
  await repository.write({ 'c.txt': 'not sent\n' });
  home.spawn(['-c', '& !cat c.txt'], { ...here, env: { PATH: await withoutPush(home) } });
  await until(
    () => existsSync(outbox) && readdirSync(outbox).some((name) => name.endsWith('.json')),
    'a line to wait',
  );
  await until(
    () =>
      !power.unsynced(join(home.prefishHome, 'cache', 'shadows')).some((path) => path.includes('/objects/')),
    'what it takes along to be safe',
  );

  // Everything ends at once. What was not synced is gone, and so is what lies in /run and /tmp.
  await endProcessesWithEnvironment(`PREFISH_HOME=${home.prefishHome}`);
  power.cut(home.prefishHome);
  await rm(socket, { force: true });
  await rm(`${socket.slice(0, socket.lastIndexOf('/') + 9)}.d`, { recursive: true, force: true });
  // Strangers have the pids now, and began as long after the start of the machine as those did that had them.
  const stranger = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', cwd: '/' });
  const database = new DatabaseSync(join(home.prefishHome, 'data', 'server', 'tasks.db'));
  const ticks = readFileSync(`/proc/${stranger.pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[19]!;
  const change = database.prepare(
    `update processes set pid = ?, start_time = ? || substr(start_time, instr(start_time, '@'))
     where pid = (select min(pid) from processes)`,
  );
  expect(change.run(stranger.pid!, ticks).changes).toBe(1);
  database.close();

  await startServer(home);
  try {
    expect(await finished(home, lost)).toMatchObject({ state: 'failed', reason: 'worker-lost', attempt: 1 });
    expect((await transcript(home, lost)).slice(0, told.length)).toEqual(told);
    expect(await finished(home, again)).toMatchObject({ state: 'completed', attempt: 2 });
    expect(await outputOf(home, again)).toBe('attempt\nattempt\n');
    expect(await finished(home, acknowledged)).toMatchObject({ state: 'completed' });
    expect(await outputOf(home, acknowledged)).toBe('untracked\n');
    expect(await transcript(home, done)).toEqual(toldOfDone);
    const all = await until(async () => {
      const { tasks } = (await home.prefish(['tasks', 'ls', '--json'])).json<{ tasks: Task[] }>();
      return tasks.every(({ endedAt }) => endedAt !== undefined) && tasks;
    }, 'the kept line to be delivered, and to end');
    const unsent = all.find(({ line: text }) => text === '!cat c.txt');
    expect(unsent).toMatchObject({ state: 'completed', attempt: 1 });
    expect(await outputOf(home, unsent!.id)).toBe('not sent\n');
    expect(isAlive(stranger.pid!)).toBe(true);
    const next = await submit(home, '!cat c.txt', here);
    expect(await finished(home, next)).toMatchObject({ state: 'completed' });
    const apply = await home.prefish(['tasks', 'apply', done], here);
    expect(apply, apply.stderr).toMatchObject({ code: 0 });
    expect(await home.prefish(['doctor'])).toMatchObject({ stdout: expect.not.stringContaining('corrupt') });
  } finally {
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  }
}, 90_000);
