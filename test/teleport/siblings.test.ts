import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskUse } from '../../packages/durable/src/index.ts';
import type { Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { finished, outputOf, show, submit } from '../support/tasks.ts';
import { until } from '../support/until.ts';

test('--attempts makes several tasks of one snapshot; one of them is taken', async () => {
  await using t = await sandboxHome();
  const { path } = await t.repository({ 'a.txt': 'one\n' });
  const run = await t.prefish(['-c', '& --attempts 3 !echo $PREFISH_TASK_ATTEMPT > a.txt'], { cwd: path });
  expect(run).toMatchObject({ code: 0, stdout: 'tasks 1–3 submitted · prefish tasks to watch\n' });
  expect((await t.prefish(['tasks', 'wait', '1', '2', '3'])).code).toBe(0);
  const tasks = (await t.prefish(['tasks', 'ls', '--json'])).json<{ tasks: Task[] }>().tasks.reverse();
  expect(tasks.map(({ group }) => group)).toEqual(
    [1, 2, 3].map((index) => ({ id: tasks[0]!.id, index, of: 3 })),
  );
  expect(new Set(tasks.map(({ result }) => result?.commit)).size).toBe(3);
  const diff = async (...flags: string[]): Promise<string> =>
    (await t.prefish([...flags, 'tasks', 'diff', '2', '--stat'])).stdout;
  expect(await diff()).toBe('a.txt  +1 −1\n');
  expect(await diff('--color', 'always')).toContain('\u001b[32m+1');
  await t.prefish(['tasks', 'rm', '1', '3']);
  expect((await t.prefish(['tasks', 'apply', '2'], { cwd: path })).code).toBe(0);
  expect(await readFile(join(path, 'a.txt'), 'utf8')).toBe(`${tasks[1]!.id}/1\n`);
});

test('--attempts follows all with --wait, says each with --json, and takes no silly number', async () => {
  await using t = await sandboxHome();
  const { path } = await t.repository({ 'a.txt': 'one\n' });
  const line = '--attempts 2 !echo out; exit 3';
  const waited = await t.prefish(['-c', `& --wait ${line}`], { cwd: path });
  expect(waited).toMatchObject({ code: 1, stdout: 'out\nout\n' });
  expect(waited.stderr).toMatch(/task 1 failed \(exit 3\)[^]*task 2 failed \(exit 3\)/);
  const events = (await t.prefish(['--json', '-c', '& --attempts 2 !true'], { cwd: path })).events();
  expect(events.slice(0, 2)).toMatchObject([
    { type: 'state', state: 'submitted' },
    { type: 'state', state: 'submitted' },
  ]);
  expect(new Set(events.slice(0, 2).map(({ task }) => task)).size).toBe(2);
  for (const number of ['0', '17', 'many', '1.5']) {
    const refused = await t.prefish(['-c', `& --attempts ${number} !true`], { cwd: path });
    expect(refused, number).toMatchObject({ code: 2, stderr: expect.stringContaining('--attempts') });
  }
});

test('--after ID:any waits for an end, however it is', async () => {
  await using t = await sandboxHome();
  const { path } = await t.repository({ 'a.txt': 'one\n' });
  const first = await submit(t, '!sleep 6161', { cwd: path });
  const any = await submit(t, `--after 1:any !echo then`, { cwd: path });
  const completed = await submit(t, `--after 1 !echo never`, { cwd: path });
  expect(await show(t, any)).toMatchObject({ state: 'submitted', after: [first] });
  await until(async () => (await show(t, first)).state === 'working', 'the first to run');
  await t.prefish(['tasks', 'cancel', first]);
  expect(await finished(t, any)).toMatchObject({ state: 'completed' });
  expect(await outputOf(t, any)).toBe('then\n');
  // Nothing was to be kept: nothing can be fetched.
  expect((await t.prefish(['tasks', 'show', any])).stdout).not.toMatch(/^actions .*\bget\b/m);
  expect(await finished(t, completed)).toMatchObject({ state: 'failed', reason: 'dependency-failed' });
});

test('--keep brings ignored files within reach of tasks get, and nothing is overwritten', async () => {
  await using t = await sandboxHome();
  const repository = await t.repository({ '.gitignore': 'dist/\n' });
  const id = await submit(t, '--keep dist !mkdir -p dist/x; echo hi > dist/x/a.txt; echo b > dist/b', {
    cwd: repository.path,
  });
  expect(await finished(t, id)).toMatchObject({ state: 'completed' });
  expect(await show(t, id)).toMatchObject({ keep: ['dist'] });
  expect((await show(t, id)).result).toBeUndefined();
  expect((await t.prefish(['tasks', 'show', id])).stdout).toMatch(/^actions .*\bget\b/m);
  expect((await t.prefish(['tasks', 'get', id, '--json'])).json()).toEqual({
    files: [
      { path: 'dist/b', size: 2 },
      { path: 'dist/x/a.txt', size: 3 },
    ],
  });
  expect(await t.prefish(['tasks', 'get', id, 'dist/x/a.txt'])).toMatchObject({ code: 0, stdout: 'hi\n' });
  expect(await t.prefish(['tasks', 'get', id, 'dist'])).toMatchObject({ code: 2 });
  expect((await t.prefish(['tasks', 'get', id, 'dist', '--output', 'out'])).code).toBe(0);
  expect(await readFile(join(t.home, 'out/x/a.txt'), 'utf8')).toBe('hi\n');
  expect((await t.prefish(['tasks', 'get', id, 'dist/b', '-o', 'out/x/a.txt'])).code).toBe(5);
  expect(await readFile(join(t.home, 'out/x/a.txt'), 'utf8')).toBe('hi\n');
  expect((await t.prefish(['tasks', 'get', id, 'nothing'])).code).toBe(4);
  const kept = join(t.prefishHome, 'data/server/kept', id);
  expect(existsSync(kept)).toBe(true);
  await t.prefish(['tasks', 'rm', id]);
  await until(() => !existsSync(kept), 'what was kept to go with the task');
});

test('du says where the disk goes; clean frees what removed tasks left', async () => {
  await using t = await sandboxHome();
  const { path } = await t.repository({ 'a.txt': 'one\n' });
  const id = await submit(t, '--keep big !head -c 3000000 /dev/urandom > big; echo big > .gitignore', {
    cwd: path,
  });
  await finished(t, id);
  const uses = async () =>
    (await t.prefish(['du', '--json'])).json<{ uses: { what: string; bytes: number }[]; total: number }>();
  const keptOf = async () => (await uses()).uses.find(({ what }) => what.includes('--keep'))!.bytes;
  expect(await keptOf()).toBeGreaterThan(3_000_000 - 1);
  const { total } = await uses();
  expect(Math.abs(total - (await diskUse([t.prefishHome])))).toBeLessThan(200_000);
  expect((await t.prefish(['clean', '--dry-run'])).stdout).toContain('nothing was removed');
  expect((await show(t, id)).id).toBe(id);
  await t.prefish(['tasks', 'rm', id]);
  await until(async () => (await keptOf()) < 100_000, 'the kept file to be gone');
  expect((await t.prefish(['clean', '--json'])).json()).toMatchObject({ dryRun: false, tasks: 0 });
});
