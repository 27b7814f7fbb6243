import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTaskId, type SubmitTask } from '@prefish/protocol';
import { tidyShadows, type TidyShadowsOptions } from '../../src/disk/shadows.ts';
import { openOutbox, type Outbox, type OutboxEntry } from '../../src/outbox/outbox.ts';
import { pinnedSnapshots, pinSnapshot } from '../../src/outbox/pin-snapshot.ts';
import { at, contentOf, paths, scratch, type Scratch, type TestRepository } from '../support/repository.ts';

async function tidy(s: Scratch, options: Partial<TidyShadowsOptions> = {}): Promise<number> {
  return tidyShadows({
    git: await s.openGit(),
    cache: s.folders.cache,
    outbox: outboxOf(s),
    dryRun: false,
    signal: AbortSignal.timeout(20_000),
    ...options,
  });
}

function outboxOf(s: Scratch): Outbox {
  return openOutbox(join(s.folders.data, 'outbox'));
}

/** Has a line wait whose snapshot is in a shadow. */
async function wait(s: Scratch, shadow: string, commit: string): Promise<string> {
  const id = createTaskId();
  const request = { id, snapshot: commit } as SubmitTask;
  await outboxOf(s).write({ version: 1, request, shadow, createdAt: new Date().toISOString(), pinned: true });
  await pinSnapshot(await s.openGit(), { id, commit, shadow });
  return id;
}

/** Makes everything in a folder a month old. */
function age(folder: string, when = '40 days ago'): void {
  execFileSync('find', [folder, '-exec', 'touch', '-d', when, '{}', '+']);
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
  const captured = [];
  for (const { path } of [gone, plain, needed, kept]) captured.push(await s.capture(path));
  const shadows = captured.map(({ shadow }) => shadow.folder);
  const id = await wait(s, shadows[2]!, captured[2]!.snapshot.commit);
  for (const { path } of [gone, plain, needed]) rmSync(path, { recursive: true });
  const count = (): number =>
    readdirSync(join(s.folders.cache, 'shadows')).filter((name) => name.endsWith('.git')).length;
  expect(count()).toBe(5);
  await tidy(s, { dryRun: true });
  expect(count()).toBe(5);
  await tidy(s);
  expect(shadows.map((folder) => existsSync(folder))).toEqual([false, false, true, true]);
  expect(count()).toBe(3);
  await outboxOf(s).remove(id);
  await tidy(s);
  expect(count()).toBe(1);
});

test('where shadows take too much, what nobody waits for goes within hours, and no pin stays of a line that is gone', async () => {
  using s = scratch();
  const [free, needed] = ['free', 'needed'].map((name) => s.repository({ a: '1\n' }, name));
  const shadowOf = async ({ path }: TestRepository): Promise<string> => (await s.capture(path)).shadow.folder;
  for (const repository of [free!, needed!]) {
    repository.write({ large: randomBytes(3_000_000) });
    await s.capture(repository.path);
    repository.write({ large: 'small\n' });
  }
  const [freeShadow, neededShadow] = [await shadowOf(free!), await shadowOf(needed!)];
  const { snapshot } = await s.capture(needed!.path);
  const id = await wait(s, neededShadow, snapshot.commit);
  for (const shadow of [freeShadow, neededShadow]) age(join(shadow, 'objects'), '2 hours ago');
  for (const shadow of [freeShadow, neededShadow]) utimesSync(join(shadow, 'index'), new Date(), new Date());
  expect(await tidy(s)).toBeLessThan(100_000);
  const freed = await tidy(s, { mostBytes: 1_000_000 });
  expect(freed).toBeGreaterThan(2_900_000);
  expect(freed).toBeLessThan(3_500_000);
  const git = await s.openGit();
  expect(await pinnedSnapshots(git, neededShadow)).toEqual([id]);
  await outboxOf(s).remove(id);
  await tidy(s);
  expect(await pinnedSnapshots(git, neededShadow)).toEqual([]);
});

test('a shadow that takes too long to tidy is left as it is', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  for (const round of [1, 2]) {
    repository.write({ large: randomBytes(3_000_000), small: `${round}\n` });
    await s.capture(repository.path);
  }
  const { shadow } = await s.capture(repository.path);
  age(join(shadow.folder, 'objects'));
  utimesSync(join(shadow.folder, 'index'), new Date(), new Date());
  expect(await tidy(s, { longestMs: 0 })).toBe(0);
  expect(await contentOf(await s.capture(repository.path), 'small')).toBe('2\n');
  expect(await tidy(s)).toBeGreaterThan(2_900_000);
});

test('a pack goes that was begun the last time, and not one that is being written', async () => {
  using s = scratch();
  const { shadow } = await s.capture(s.repository({ a: '1\n' }).path);
  const [left, open] = ['tmp_pack_left', '.tmp-1-pack-open'].map((name) =>
    join(shadow.folder, 'objects/pack', name),
  );
  for (const path of [left!, open!]) writeFileSync(path, randomBytes(3_000_000));
  age(left!, '1 day ago');
  expect(await tidy(s)).toBeGreaterThan(2_900_000);
  expect([left, open].map((path) => existsSync(path!))).toEqual([false, true]);
});

test.each([
  ['that nobody could keep, since its prefish was killed', 20 * 24 * 3600_000],
  ['that is being sent', 0],
])('a snapshot is kept of a line %s', async (_whose, ageMs) => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  repository.write({ b: 'sent\n' });
  const { git, shadow, snapshot } = await s.capture(repository.path);
  const request = { id: createTaskId(), snapshot: snapshot.commit } as SubmitTask;
  const createdAt = new Date(Date.now() - ageMs).toISOString();
  await outboxOf(s).write({ version: 1, request, shadow: shadow.folder, createdAt });
  repository.write({ b: 'changed\n' });
  await s.capture(repository.path);
  age(join(shadow.folder, 'objects'), '20 days ago');
  await tidy(s);
  // What is being sent borrows from it until it is kept.
  if (ageMs > 0) rmSync(repository.path, { recursive: true });
  const walk = ['rev-list', '--objects', '--quiet', snapshot.commit];
  await git(walk, { env: { GIT_DIR: shadow.folder } });
});

test('a snapshot that waits outlives its repository, however often its shadow is tidied', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  repository.write({ b: 'changed\n' });
  const { git, shadow, snapshot } = await s.capture(repository.path);
  await wait(s, shadow.folder, snapshot.commit);
  await tidy(s);
  await tidy(s);
  rmSync(repository.path, { recursive: true });
  const walk = ['rev-list', '--objects', '--quiet', snapshot.commit];
  await git(walk, { env: { GIT_DIR: shadow.folder } });
});

test('a line that was kept after tidying began keeps its shadow, though its repository is gone', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n' });
  const { shadow, snapshot } = await s.capture(repository.path);
  const outbox = outboxOf(s);
  let lists = 0;
  const list = async (): Promise<OutboxEntry[]> => {
    const found = await outbox.list();
    lists += 1;
    if (lists === 1) {
      await wait(s, shadow.folder, snapshot.commit);
      rmSync(repository.path, { recursive: true });
    }
    return found;
  };
  await tidy(s, { outbox: { ...outbox, list } });
  expect(existsSync(shadow.folder)).toBe(true);
});
