import { existsSync } from 'node:fs';
import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskUse, withLock } from '@prefish/durable';
import type { Git } from '../git/git.ts';
import { rootFile } from '../snapshot/shadow.ts';

/** Where shadow repositories are, in the cache. */
export function shadowsFolder(cache: string): string {
  return join(cache, 'shadows');
}

/** How long a shadow is kept that no snapshot is taken in, in milliseconds, and objects that nothing leads to, for git. */
const [unusedMs, grace] = [30 * 24 * 3600_000, '14.days.ago'];

/** What tidying needs. */
export interface TidyShadowsOptions {
  readonly git: Git;
  readonly cache: string;
  /** The shadows that hold what was not delivered yet. */
  readonly needed: ReadonlySet<string>;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/**
 * Removes shadows of repositories that are gone, or that were not used for a month, and of the others the objects
 * of old snapshots. The next snapshot makes all of it again. Returns how many bytes that is; a dry run counts whole
 * shadows alone.
 */
export async function tidyShadows(options: TidyShadowsOptions): Promise<number> {
  const parent = shadowsFolder(options.cache);
  const needed = await withBorrowed(options.needed);
  let freed = 0;
  for (const name of await readdir(parent).catch((): string[] => [])) {
    options.signal.throwIfAborted();
    if (!name.endsWith('.git')) continue;
    const shadow = join(parent, name);
    const lock = join(parent, `${name.slice(0, -'.git'.length)}.lock`);
    // A shadow in use is left alone.
    freed += await withLock(lock, () => tidy(shadow, { ...options, needed }), { timeoutMs: 200 }).catch(
      () => 0,
    );
    options.signal.throwIfAborted();
  }
  return freed;
}

async function tidy(shadow: string, { git, needed, dryRun, signal }: TidyShadowsOptions): Promise<number> {
  const before = await diskUse([shadow], signal);
  if (!needed.has(shadow) && (await isUnneeded(shadow))) {
    if (!dryRun) await rm(shadow, { recursive: true, force: true });
    return before;
  }
  if (dryRun) return 0;
  // The index counts as what leads to objects (git-prune(1)): the next snapshot is as quick as before. Large files are in packs.
  const packs = ['repack', '-A', '-d', '-l', '-q', `--unpack-unreachable=${grace}`];
  await git(packs, { env: { GIT_DIR: shadow }, signal });
  await git(['prune', `--expire=${grace}`], { env: { GIT_DIR: shadow }, signal });
  return Math.max(0, before - (await diskUse([shadow], signal)));
}

/** With the shadows of the repositories inside those: a snapshot has their files. */
async function withBorrowed(needed: ReadonlySet<string>): Promise<ReadonlySet<string>> {
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
