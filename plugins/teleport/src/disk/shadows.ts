import { existsSync } from 'node:fs';
import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskUse, withLock } from '@prefish/durable';
import type { Git } from '../git/git.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { pinnedSnapshots, pinSnapshot, unpinSnapshot } from '../outbox/pin-snapshot.ts';
import { rootFile } from '../snapshot/shadow.ts';
import { bytesOfMirrors, takeOverUnshared } from './share-with-mirror.ts';

/** Where shadow repositories are, in the cache. */
export function shadowsFolder(cache: string): string {
  return join(cache, 'shadows');
}

/** What all shadows take, in bytes, without what mirrors have too. */
export async function shadowsUse(cache: string, signal: AbortSignal): Promise<number> {
  const parent = shadowsFolder(cache);
  const names = await readdir(parent).catch((): string[] => []);
  const [all, shared] = await Promise.all([
    diskUse([parent], signal),
    bytesOfMirrors(names.filter((name) => name.endsWith('.git')).map((name) => join(parent, name))),
  ]);
  return Math.max(0, all - shared);
}

/** How long a shadow is kept that no snapshot is taken in, in milliseconds. */
const unusedMs = 30 * 24 * 3600_000;
/** How long objects are kept that nothing leads to, and how long where shadows take more than `most` bytes, for git. */
const grace = { usual: '14.days.ago', short: '1.hour.ago' };
const usuallyMost = 4 * 2 ** 30;
/** A line that is younger may be one that is being sent, in milliseconds. */
const beingSentMs = 3600_000;
/** A pack that was not written to for longer is nobody's who writes it, in milliseconds. */
const unfinishedMs = 3600_000;

/** What tidying needs. */
export interface TidyShadowsOptions {
  readonly git: Git;
  readonly cache: string;
  /** What was not delivered yet: the shadows that hold it are needed. */
  readonly outbox: Pick<Outbox, 'list' | 'read'>;
  readonly dryRun: boolean;
  /** From how many bytes on, all shadows together, objects of yesterday's snapshots go too. Default: 4 GiB. */
  readonly mostBytes?: number;
  /** How long one shadow may take, in milliseconds, before it is left as it is: a line that is sent waits for it. Default: as long as it takes. */
  readonly longestMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Removes shadows of repositories that are gone, or that were not used for a month, and of the others the objects
 * of old snapshots, with those of lines that nobody waits for any more. The next snapshot makes all of it again. Returns how many bytes that is; a dry run counts whole
 * shadows alone.
 */
export async function tidyShadows(options: TidyShadowsOptions): Promise<number> {
  const parent = shadowsFolder(options.cache);
  const { outbox, mostBytes = usuallyMost, longestMs } = options;
  const needed = await shadowsNeeded(outbox);
  const isTooMuch = (await shadowsUse(options.cache, options.signal)) > mostBytes;
  let freed = 0;
  for (const name of await readdir(parent).catch((): string[] => [])) {
    options.signal.throwIfAborted();
    if (!name.endsWith('.git')) continue;
    const shadow = join(parent, name);
    const lock = join(parent, `${name.slice(0, -'.git'.length)}.lock`);
    // A shadow in use is left alone.
    const expire = isTooMuch && !needed.has(shadow) ? grace.short : grace.usual;
    const deadline = longestMs === undefined ? [] : [AbortSignal.timeout(longestMs)];
    const signal = AbortSignal.any([options.signal, ...deadline]);
    freed += await withLock(lock, () => tidy(shadow, { ...options, expire, signal }), {
      timeoutMs: 200,
    }).catch(() => 0);
    options.signal.throwIfAborted();
  }
  return freed;
}

async function tidy(
  shadow: string,
  { git, outbox, expire, dryRun, signal }: TidyShadowsOptions & { readonly expire: string },
): Promise<number> {
  const before = await diskUse([shadow], signal);
  // Asked again: a line may wait since the others were tidied.
  if ((await isUnneeded(shadow)) && !(await shadowsNeeded(outbox)).has(shadow)) {
    if (!dryRun) await rm(shadow, { recursive: true, force: true });
    return before;
  }
  if (dryRun || (await isBeingSent(shadow, outbox))) return 0;
  await removeUnfinished(join(shadow, 'objects/pack'));
  await takeOverUnshared(shadow);
  for (const id of await pinnedSnapshots(git, shadow)) {
    if ((await outbox.read(id)) === undefined) await unpinSnapshot(git, { id, shadow });
  }
  await pinWaiting(shadow, git, outbox, signal);
  // With -l it would be left to the repository alone what a snapshot that waits has copied from it.
  const isPinned = (await pinnedSnapshots(git, shadow)).length > 0;
  // The index counts as what leads to objects (git-prune(1)): the next snapshot is as quick as before. Large files are in packs.
  const packs = ['repack', '-A', '-d', ...(isPinned ? [] : ['-l']), '-q', `--unpack-unreachable=${expire}`];
  await git(packs, { env: { GIT_DIR: shadow }, signal });
  await git(['prune', `--expire=${expire}`], { env: { GIT_DIR: shadow }, signal });
  return Math.max(0, before - (await diskUse([shadow], signal)));
}

/** Whether a line is about to be sent from there: nothing but its entry leads to what it takes along. */
async function isBeingSent(shadow: string, outbox: Pick<Outbox, 'list'>): Promise<boolean> {
  return (await outbox.list()).some(
    ({ shadow: at, pinned, createdAt }) =>
      at === shadow && pinned !== true && Date.now() - Date.parse(createdAt) < beingSentMs,
  );
}

/** Keeps what waits, and was not kept by who sent it: a prefish that was killed. */
async function pinWaiting(
  shadow: string,
  git: Git,
  outbox: Pick<Outbox, 'list'>,
  signal: AbortSignal,
): Promise<void> {
  const pinned = new Set(await pinnedSnapshots(git, shadow));
  for (const { request, shadow: at } of await outbox.list()) {
    const { id, snapshot: commit } = request;
    if (at !== shadow || pinned.has(id)) continue;
    // What is gone already cannot be kept; the others can.
    await pinSnapshot(git, { id, commit, shadow }, signal).catch(() => signal.throwIfAborted());
  }
}

/**
 * Removes packs that a git which was ended has begun. It would do so itself, after weeks, and only where it gets that
 * far: a shadow that takes too long to tidy would have one more with each day.
 */
async function removeUnfinished(packs: string): Promise<void> {
  for (const name of await readdir(packs).catch((): string[] => [])) {
    if (!/^(?:tmp_|\.tmp-\d+-)/.test(name)) continue;
    const path = join(packs, name);
    const { mtimeMs } = (await stat(path).catch(() => undefined)) ?? { mtimeMs: Infinity };
    if (Date.now() - mtimeMs > unfinishedMs) await rm(path, { force: true });
  }
}

/** The shadows of what was not delivered yet, and of the repositories inside those: a snapshot has their files. */
async function shadowsNeeded(outbox: Pick<Outbox, 'list'>): Promise<ReadonlySet<string>> {
  const needed = new Set((await outbox.list()).map(({ shadow }) => shadow));
  const borrowed = await Promise.all([...needed].map(borrowedBy));
  return new Set([...needed, ...borrowed.flat().map((objects) => dirname(objects))]);
}

/** The folders of objects that a shadow borrows: first that of its repository, `''` where it has none. */
async function borrowedBy(shadow: string): Promise<string[]> {
  const alternates = await readFile(join(shadow, 'objects/info/alternates'), 'utf8').catch(() => '');
  return alternates.split('\n').slice(0, -1);
}

async function isUnneeded(shadow: string): Promise<boolean> {
  const [borrowed = ''] = await borrowedBy(shadow);
  const root = await readFile(join(shadow, rootFile), 'utf8').catch(() => undefined);
  if (root !== undefined && !existsSync(root)) return true;
  if (borrowed.startsWith('/') && !existsSync(borrowed)) return true;
  const times = await Promise.all(
    ['', 'index', 'objects'].map((name) =>
      stat(join(shadow, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Date.now() - Math.max(...times) > unusedMs;
}
