import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shareWithMirror } from '../../src/disk/share-with-mirror.ts';
import { shadowsUse, tidyShadows } from '../../src/disk/shadows.ts';
import { pushSnapshot } from '../../src/outbox/push-snapshot.ts';
import { paths, scratch } from '../support/repository.ts';

const large = 3_000_000;

/** What the files below a folder take that have no other name, in bytes. */
function own(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, found) => sum + (found.isFile() && found.nlink === 1 ? found.size : 0), 0);
}

test('a large file that was sent takes its room once, until one of both lets it go', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  const content = randomBytes(large);
  repository.write({ large: content });
  const { git, shadow, snapshot } = await s.capture(repository.path);
  const mirror = join(s.root, 'mirror.git');
  execFileSync('git', ['init', '-q', '--bare', mirror], { env: s.env });
  await pushSnapshot(
    git,
    { id: 't1', commit: snapshot.commit, shadow: shadow.folder },
    { url: mirror, env: {} },
  );
  const signal = AbortSignal.timeout(20_000);
  await shareWithMirror(git, shadow, join(mirror, 'objects'), 2 * large);
  expect(own(shadow.folder)).toBeGreaterThan(large);
  await shareWithMirror(git, shadow, join(mirror, 'objects'), 1_000_000);
  const tidy = async (): Promise<void> => {
    const outbox = { list: async () => [], read: async () => undefined };
    await tidyShadows({ git, cache: s.folders.cache, outbox, dryRun: false, signal });
  };
  const blob = async (): Promise<Buffer> =>
    (await git(['cat-file', 'blob', `${snapshot.commit}:large`], { env: { GIT_DIR: shadow.folder } })).stdout;
  for (const then of [async () => {}, tidy]) {
    await then();
    expect(own(shadow.folder)).toBeLessThan(100_000);
    expect(await shadowsUse(s.folders.cache, signal)).toBeLessThan(1_000_000);
    expect((await blob()).equals(content)).toBe(true);
  }
  repository.write({ a: '2\n' });
  expect(await paths(await s.capture(repository.path))).toEqual(['a', 'large']);

  rmSync(mirror, { recursive: true });
  await tidy();
  expect((await blob()).equals(content)).toBe(true);
  rmSync(join(repository.path, 'large'));
  await s.capture(repository.path);
  execFileSync('find', [join(shadow.folder, 'objects'), '-exec', 'touch', '-d', '40 days ago', '{}', '+']);
  await tidy();
  await expect(blob()).rejects.toThrow();
});
