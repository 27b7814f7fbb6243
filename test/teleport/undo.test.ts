import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { finished, submit } from '../support/tasks.ts';

test('undo without an ID takes back the last apply, whichever task is newer; rm names tasks by number', async () => {
  await using t = await sandboxHome();
  const { path: cwd } = await t.repository({ 'a.txt': 'a\n' });
  const first = await submit(t, '!echo 1 > first', { cwd });
  const second = await submit(t, '!echo 2 > second', { cwd });
  await Promise.all([finished(t, first), finished(t, second)]);
  const run = async (...words: string[]): Promise<string> => {
    const ran = await t.prefish(['tasks', ...words], { cwd });
    return ran.stdout + ran.stderr;
  };
  const there = (): boolean[] => ['first', 'second'].map((name) => existsSync(join(cwd, name)));

  await run('apply', '2');
  await run('apply', '1');
  expect(there()).toEqual([true, true]);
  expect(await run('undo')).toBe(`1 file put back as before task 1 was applied in ${cwd}\n`);
  expect(there()).toEqual([false, true]);
  await run('undo');
  expect(there()).toEqual([false, false]);
  expect(await run('undo')).toContain(`Nothing was applied in ${cwd} that could be taken back`);
  expect(await run('rm', '1', '2')).toBe('task 1 removed\ntask 2 removed\n');
});

test('undo is about the repository that the user is in: what was applied elsewhere stays', async () => {
  await using t = await sandboxHome();
  const here = (await t.repository({ 'a.txt': 'a\n' })).path;
  const elsewhere = (await t.repository({ 'b.txt': 'b\n' })).path;
  const id = await submit(t, '!echo 1 > made', { cwd: elsewhere });
  await finished(t, id);
  expect(await t.prefish(['tasks', 'apply', id], { cwd: elsewhere })).toMatchObject({ code: 0 });

  const alone = await t.prefish(['tasks', 'undo'], { cwd: here });
  expect(alone).toMatchObject({ code: 4 });
  expect(alone.stderr).toContain(`Nothing was applied in ${here} that could be taken back`);
  expect(alone.stderr).toContain(`The last apply was of task 1, in ${elsewhere}`);
  const named = await t.prefish(['tasks', 'undo', '1'], { cwd: here });
  expect(named).toMatchObject({ code: 2 });
  expect(named.stderr).toMatch(new RegExp(`Task 1 belongs to ${elsewhere}[^]*cd ${elsewhere}`));
  expect(existsSync(join(elsewhere, 'made'))).toBe(true);

  expect(await t.prefish(['tasks', 'undo'], { cwd: elsewhere })).toMatchObject({ code: 0 });
  expect(existsSync(join(elsewhere, 'made'))).toBe(false);
});
