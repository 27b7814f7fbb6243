import { chmod, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive, processesWithEnvironment } from '../support/processes.ts';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

interface Status {
  readonly running: boolean;
  readonly pid: number;
  readonly version: string;
  readonly working: number;
  readonly submitted: number;
}

const status = async (t: SandboxHome): Promise<Status> =>
  (await t.prefish(['daemon', 'status', '--json'])).json<Status>();

test('start, status, stop', async () => {
  await using t = await sandboxHome();
  expect(await status(t)).toMatchObject({ running: false, working: 0, submitted: 0 });
  expect((await t.prefish(['daemon', 'start'])).code).toBe(0);
  const { pid, ...running } = await status(t);
  expect(running).toMatchObject({ running: true, version: '0.1.0', working: 0, submitted: 0 });
  expect((await t.prefish(['daemon', 'stop'])).stdout).toContain(String(pid));
  expect(isAlive(pid)).toBe(false);
  expect((await status(t)).running).toBe(false);
  expect((await t.prefish(['daemon', 'stop'])).code).toBe(0);
});

test('stop says what becomes of its tasks, and asks a person', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ 'a.txt': 'a\n' });
  await t.prefish(['-c', '& !sleep 600'], { cwd: repository.path });
  await until(async () => (await status(t)).working === 1, 'the task to begin');
  await using shell = openTerminal(t, ['daemon', 'stop'], { columns: 120 });
  await shell.shows('1 task runs: agents, and lines with --retries, begin again');
  await shell.shows('End it all the same?');
  shell.type('n');
  await shell.shows('The background server goes on.');
  expect(await shell.ended).toBe(0);
  const stopped = await t.prefish(['daemon', 'stop']);
  expect(stopped).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('other lines fail (worker-lost)'),
  });
  expect((await t.prefish(['daemon', 'stop'])).stderr).toBe('');
});

test('ten shells that start it at once get one server', async () => {
  await using t = await sandboxHome();
  const runs = await Promise.all(Array.from({ length: 10 }, () => t.prefish(['daemon', 'start', '--json'])));
  expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, '']));
  const pids = new Set(runs.map((run) => run.json<Status>().pid));
  expect(pids.size).toBe(1);
  await until(
    async () => (await processesWithEnvironment(`PREFISH_HOME=${t.prefishHome}`)).length === 1,
    'the losers to end',
  );
});

test('the server knows nothing of who started it but what it needs', async () => {
  await using t = await sandboxHome();
  await t.prefish(['daemon', 'start'], { env: { SECRET_TOKEN: 'x', PREFISH_TASK: undefined } });
  const environ = await readFile(`/proc/${(await status(t)).pid}/environ`, 'utf8');
  expect(environ).not.toContain('SECRET_TOKEN');
});

test('the server holds no lock of the script that started it', async () => {
  await using t = await sandboxHome();
  const lock = join(t.root, 'lock');
  // flock(1): `( flock -n 200 && … ) 200>lock`
  await t.prefish(['daemon', 'start'], { under: ['bash', '-c', 'exec 200>"$0"; exec "$@"', lock] });
  const open = `/proc/${(await status(t)).pid}/fd`;
  const leadTo = (await readdir(open)).map((name) => readlink(join(open, name)).catch(() => ''));
  expect(await Promise.all(leadTo)).not.toContain(lock);
});

test('a server that cannot start says why', async () => {
  await using t = await sandboxHome();
  const folder = join(t.prefishHome, 'data', 'server');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tasks.db'), 'this is no database, whatever its name says'.repeat(100));
  const run = await t.prefish(['daemon', 'start']);
  expect(run.code).toBe(3);
  expect(run.stderr).toContain('tasks.db');
});

test('a socket in a folder that others may enter is not trusted', async () => {
  await using t = await sandboxHome();
  const runtime = join(t.root, 'runtime');
  await mkdir(join(runtime, 'prefish'), { recursive: true });
  await chmod(join(runtime, 'prefish'), 0o777);
  const run = await t.prefish(['daemon', 'status'], { env: { XDG_RUNTIME_DIR: runtime } });
  expect(run.code).toBe(3);
  expect(run.stderr).toContain('chmod 700');
});

test('the next command, whichever it is, brings a killed server back to its work', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ 'a.txt': 'a\n' });
  const submitted = await t.prefish(['--json', '-c', '& --retries 1 !echo begun; sleep 1000'], {
    cwd: repository.path,
  });
  expect(submitted.code).toBe(0);
  await until(async () => (await status(t)).working === 1, 'the task to begin');
  const { pid } = await status(t);
  process.kill(pid, 'SIGKILL');
  await until(() => !isAlive(pid), 'the server to end');
  expect((await t.prefish(['-c', '!true'])).code).toBe(0);
  const revived = await until(async () => {
    const now = await status(t);
    return now.running && now.working === 1 ? now : undefined;
  }, 'the server to come back and take the task up');
  expect(revived.pid).not.toBe(pid);
});

test('a killed server comes back once, and stays away once it is stopped', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ 'a.txt': 'a\n' });
  const servers = (): Promise<unknown[]> => processesWithEnvironment(`PREFISH_HOME=${t.prefishHome}`);
  const killServer = async (): Promise<void> => {
    await t.prefish(['-c', '& !sleep 1000'], { cwd });
    await until(async () => (await status(t)).working === 1, 'the task to begin');
    const { pid } = await status(t);
    process.kill(pid, 'SIGKILL');
    await until(async () => (await servers()).length === 0, 'the server and its task to end');
  };

  await killServer();
  expect((await t.prefish(['tasks', 'wait', '@last'])).code).toBe(1);
  expect((await t.prefish(['daemon', 'stop'])).stdout).toContain('has ended');
  expect(await servers()).toEqual([]);

  await killServer();
  expect((await t.prefish(['daemon', 'stop'])).stdout).toContain('did not run');
  expect(await servers()).toEqual([]);
});
