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
  await run('undo');
  expect(there()).toEqual([false, true]);
  await run('undo');
  expect(there()).toEqual([false, false]);
  expect(await run('rm', '1', '2')).toBe('task 1 removed\ntask 2 removed\n');
});
