import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tidyShadows } from '../../src/disk/shadows.ts';
import { at, contentOf, paths, scratch, type Scratch } from '../support/repository.ts';

async function tidy(s: Scratch, needed: readonly string[] = [], dryRun = false): Promise<number> {
  return tidyShadows({
    git: await s.openGit(),
    cache: s.folders.cache,
    needed: new Set(needed),
    dryRun,
    signal: AbortSignal.timeout(20_000),
  });
}

/** Makes everything in a folder a month old. */
function age(folder: string): void {
  execFileSync('find', [folder, '-exec', 'touch', '-d', '40 days ago', '{}', '+']);
}

test('the objects of old snapshots go, large files in packs too; what the next one needs stays', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  for (const round of [1, 2, 3]) {
    repository.write({ large: randomBytes(3_000_000), small: `${round}\n` });
    await s.capture(repository.path);
  }
  const { shadow } = await s.capture(repository.path);
  age(join(shadow.folder, 'objects'));
  utimesSync(join(shadow.folder, 'index'), new Date(), new Date());
  expect(await tidy(s)).toBeGreaterThan(5_900_000);
  const again = await s.capture(repository.path);
  expect(await contentOf(again, 'small')).toBe('3\n');
  expect(await paths(again)).toEqual(['a', 'large', 'small']);
  expect(await tidy(s)).toBe(0);
});

test('the shadow of a folder that is gone goes, in git or not, and those that are needed stay', async () => {
  using s = scratch();
  const gone = s.repository({ a: '1\n' }, 'gone');
  const plain = at(join(s.root, 'plain'), s.env);
  plain.write({ a: '1\n' });
  const needed = s.repository({ a: '1\n' }, 'needed');
  s.repository({ i: '1\n' }, 'needed/inner');
  const kept = s.repository({ a: '1\n' }, 'kept');
  const shadows = [];
  for (const { path } of [gone, plain, needed, kept]) shadows.push((await s.capture(path)).shadow.folder);
  for (const { path } of [gone, plain, needed]) rmSync(path, { recursive: true });
  const count = (): number =>
    readdirSync(join(s.folders.cache, 'shadows')).filter((name) => name.endsWith('.git')).length;
  expect(count()).toBe(5);
  await tidy(s, [shadows[2]!], true);
  expect(count()).toBe(5);
  await tidy(s, [shadows[2]!]);
  expect(shadows.map((folder) => existsSync(folder))).toEqual([false, false, true, true]);
  expect(count()).toBe(3);
  await tidy(s);
  expect(count()).toBe(1);
});
