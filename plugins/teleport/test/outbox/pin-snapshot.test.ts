import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pinSnapshot, unpinSnapshot } from '../../src/outbox/pin-snapshot.ts';
import { pushSnapshot } from '../../src/outbox/push-snapshot.ts';
import { scratch } from '../support/repository.ts';

const large = 3_000_000;

/** Two lines with one snapshot of a repository whose large file is in a pack. */
async function twoLines(s: ReturnType<typeof scratch>) {
  const repository = s.repository({ a: '1\n', large: randomBytes(large) as unknown as string });
  repository.git('repack', '-adq');
  const { git, shadow, snapshot } = await s.capture(repository.path);
  const line = (id: string) => ({ id, commit: snapshot.commit, shadow: shadow.folder });
  return { git, repository, snapshot, one: line('t1'), other: line('t2') };
}

test('a snapshot that waits outlives its repository, whose packs it shares until it is delivered', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n', large: randomBytes(large) as unknown as string });
  repository.git('repack', '-adq');
  repository.write({ loose: 'committed\n' });
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'loose');
  repository.write({ a: 'changed\n' });
  const { git, shadow, snapshot } = await s.capture(repository.path);
  const outgoing = { id: 't1', commit: snapshot.commit, shadow: shadow.folder };
  await pinSnapshot(git, outgoing);
  const packs = join(shadow.folder, 'objects/pack');
  const own = (): number =>
    readdirSync(packs)
      .map((name) => statSync(join(packs, name)))
      .reduce((sum, { size, nlink }) => sum + (nlink > 1 ? 0 : size), 0);
  expect(own()).toBeLessThan(100_000);

  rmSync(repository.path, { recursive: true });
  const mirror = join(s.root, 'mirror.git');
  execFileSync('git', ['init', '-q', '--bare', mirror], { env: s.env });
  await pushSnapshot(git, outgoing, { url: mirror, env: {} });
  const size = execFileSync('git', ['-C', mirror, 'cat-file', '-s', `${snapshot.commit}:large`], {
    encoding: 'utf8',
  });
  expect(Number(size)).toBe(large);
  execFileSync('git', ['-C', mirror, 'fsck', '--connectivity-only', snapshot.commit], { stdio: 'pipe' });

  await unpinSnapshot(git, outgoing);
  expect(own()).toBeLessThan(100_000);
});

test('what one snapshot shares stays for as long as another waits', async () => {
  using s = scratch();
  const { git, repository, snapshot, one, other } = await twoLines(s);
  await pinSnapshot(git, one);
  await pinSnapshot(git, other);
  await unpinSnapshot(git, one);
  rmSync(repository.path, { recursive: true });
  const { stdout } = await git(['cat-file', '-s', `${snapshot.commit}:large`], {
    env: { GIT_DIR: one.shadow },
  });
  expect(Number(stdout.toString())).toBe(large);
});

test('what another line took along a moment ago stays, though it has changed since', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  repository.write({ large: randomBytes(large) });
  const { git, shadow, snapshot: first } = await s.capture(repository.path);
  repository.write({ large: randomBytes(large) });
  const { snapshot: second } = await s.capture(repository.path);
  await pinSnapshot(git, { id: 't2', commit: second.commit, shadow: shadow.folder });
  const walk = ['rev-list', '--objects', '--quiet', first.commit];
  await git(walk, { env: { GIT_DIR: shadow.folder } });
});

test('letting go of one line while another is kept leaves the other whole', async () => {
  using s = scratch();
  const { git, repository, snapshot, one, other } = await twoLines(s);
  await pinSnapshot(git, one);
  await Promise.all([unpinSnapshot(git, one), pinSnapshot(git, other)]);
  rmSync(repository.path, { recursive: true });
  const walk = ['rev-list', '--objects', '--quiet', snapshot.commit];
  await git(walk, { env: { GIT_DIR: one.shadow } });
});
