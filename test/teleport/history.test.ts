import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { finished, outputOf, submit } from '../support/tasks.ts';

needs('bubblewrap');

/** More than what is pushed as quickly. */
const large = 40 * 2 ** 20;

test('a large history costs the disk once, and tasks do without the repository that it came from', async () => {
  await using t = await sandboxHome();
  const { path: cwd, git } = await t.repository({ 'a.txt': 'a\n' });
  await git('config', 'core.compression', '0');
  await writeFile(join(cwd, 'large'), randomBytes(large));
  await git('add', '-A');
  await git('commit', '-q', '-m', 'large');
  await git('rm', '-q', 'large');
  await git('commit', '-q', '-m', 'small');
  await git('repack', '-adq');
  const used = async (): Promise<number> =>
    (await t.prefish(['du', '--json'])).json<{ total: number }>().total;

  const first = await submit(t, '!git cat-file -s HEAD~:large; echo b >> a.txt', { cwd });
  await finished(t, first);
  expect(await outputOf(t, first)).toBe(`${large}\n`);
  expect(await used()).toBeLessThan(large / 10);

  await git('reset', '-q', '--soft', 'HEAD~2');
  await git('commit', '-q', '--amend', '--no-edit');
  await git('reflog', 'expire', '--expire=now', '--all');
  await git('gc', '-q', '--prune=now');
  expect(await t.prefish(['clean'])).toMatchObject({ code: 0 });
  const content = (): Promise<string> => readFile(join(cwd, 'a.txt'), 'utf8');
  expect((await t.prefish(['tasks', 'diff', first], { cwd })).stdout).toContain('+b');
  expect(await t.prefish(['tasks', 'apply', first], { cwd })).toMatchObject({ code: 0 });
  expect(await content()).toBe('a\nb\n');
  await rm(join(cwd, '.git'), { recursive: true });
  expect((await t.prefish(['tasks', 'diff', first], { cwd })).stdout).toContain('+b');
  const again = (await t.prefish(['tasks', 'retry', first, '--json'], { cwd })).json<Task>().id;
  expect(await finished(t, again)).toMatchObject({ state: 'completed' });
  expect(await outputOf(t, again)).toBe(`${large}\n`);
});
