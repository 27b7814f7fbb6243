import { randomUUID } from 'node:crypto';
import { lstat, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { diskUse, filesOfPack, listObjects } from '@prefish/durable';
import { git, gitLine } from './git.ts';
import { relinkHistory } from './linked-history.ts';
import { latestRef, pushedRefs, sentRefs } from './mirrors.ts';

/** How mirrors are tidied. */
export interface TidyMirrorsOptions {
  /** How long ago, in seconds, something was written that goes although nobody refers to it. */
  readonly grace: number;
  /** For how long, in seconds, a mirror without any task has not been used that goes. */
  readonly unused: number;
  /** Collects little garbage too. */
  readonly thorough: boolean;
  /** Lets go of a snapshot that is kept only so that the next push is small, once its task is removed. */
  readonly forgetLatest?: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Garbage that is worth the work: this much, and this part of the mirror. */
const worth = { bytes: 32 * 2 ** 20, part: 0.1 };
/** How old the folder is that a push writes into before it counts as left by a crash, in milliseconds. */
const longestPush = 24 * 3600_000;

/**
 * Gives back what no task needs any more of the mirrors below a folder: whole mirrors without tasks that were not
 * used for long, and in the others what no ref leads to. A mirror that is being pushed to is left alone.
 *
 * @returns how many bytes that is, about
 */
export async function tidyMirrors(parent: string, options: TidyMirrorsOptions): Promise<number> {
  let freed = 0;
  for (const mirror of await mirrorsBelow(parent)) {
    options.signal.throwIfAborted();
    freed += await tidyMirror(mirror, options).catch((error: unknown) => {
      // Another process may have removed it, or work in it; there is a next time.
      options.signal.throwIfAborted();
      if ((error as { code?: string }).code !== 'PREFISH_GIT_FAILED') throw error;
      return 0;
    });
  }
  return freed;
}

/** `<repository>.git` in the folder itself, and in the folder of each owner. */
export async function mirrorsBelow(parent: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(parent, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory()) continue;
    if (entry.name.endsWith('.git')) found.push(join(parent, entry.name));
    else if (!/\.git\./.test(entry.name)) found.push(...(await mirrorsBelow(join(parent, entry.name))));
  }
  return found;
}

async function tidyMirror(gitDir: string, options: TidyMirrorsOptions): Promise<number> {
  const { grace, unused, thorough, dryRun, signal } = options;
  if (await isPushedTo(gitDir)) return 0;
  if (!dryRun) await forgetAbandoned(gitDir, signal);
  if (!dryRun && options.forgetLatest === true) await forgetLatest(gitDir, signal);
  const { stdout } = await git(['for-each-ref', '--count=1', ...taskRefs], { gitDir, signal });
  const lastUse = (await stat(gitDir)).mtimeMs;
  if (stdout.length === 0 && Date.now() - lastUse > unused * 1000) {
    const bytes = await diskUse([gitDir], signal);
    if (!dryRun) await removeMirror(gitDir);
    return bytes;
  }
  const { bytes, commit } = await relinkHistory(gitDir, options);
  const { garbage, total } = await measure(gitDir, dryRun ? bytes : 0, commit, signal);
  if (garbage <= 0 || (!thorough && (garbage < worth.bytes || garbage < total * worth.part))) return 0;
  if (dryRun) return Math.max(0, garbage - (await youngBytes(gitDir, grace)));
  const before = await diskUse([gitDir], signal);
  await git(['gc', '--quiet', `--prune=${grace}.seconds.ago`], { gitDir, signal });
  return Math.max(0, before - (await diskUse([gitDir], signal)));
}

/** What keeps the commits of tasks; `refs/prefish/latest` alone keeps no mirror. */
const taskRefs = [sentRefs, 'refs/prefish/results', pushedRefs];

/** Drops what was pushed long ago for a task that never came; who still wants one pushes again first. */
async function forgetAbandoned(gitDir: string, signal: AbortSignal): Promise<void> {
  const { stdout } = await git(['for-each-ref', '--format=%(refname)', pushedRefs], { gitDir, signal });
  const refs = stdout.toString('utf8').split('\n').slice(0, -1);
  const writtenAt = (name: string): Promise<number> =>
    stat(join(gitDir, name)).then(({ mtimeMs }) => mtimeMs);
  const old: string[] = [];
  for (const ref of refs) {
    const last = await writtenAt(ref).catch(() => writtenAt('packed-refs'));
    if (Date.now() - last > longestPush) old.push(`delete ${ref}\n`);
  }
  if (old.length > 0) await git(['update-ref', '--stdin'], { gitDir, signal, input: old.join('') });
}

/** Has the next push begin from the newest snapshot that a task still has; from nothing, where there is none. */
async function forgetLatest(gitDir: string, signal: AbortSignal): Promise<void> {
  const newest = ['--count=1', '--sort=-committerdate', '--format=%(objectname)', sentRefs];
  const commit = await gitLine(['for-each-ref', ...newest], { gitDir, signal });
  await git(['update-ref', ...(commit === '' ? ['-d', latestRef] : [latestRef, commit])], { gitDir, signal });
}

/** What objects of its own take, with `more` that would be its own, and how much of it no ref leads to, or is linked too. */
async function measure(
  gitDir: string,
  more: number,
  linked: string | undefined,
  signal: AbortSignal,
): Promise<{ garbage: number; total: number }> {
  const counted = (await git(['count-objects', '-v'], { gitDir, signal })).stdout.toString('utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(counted)?.[1] ?? 0);
  const total = (kib('size') + kib('size-pack')) * 1024 + more;
  if (total === 0) return { garbage: 0, total };
  const walk = ['--all', '--objects', '--disk-usage', '--use-bitmap-index'];
  const reachable = await gitLine(['rev-list', ...walk, ...(linked === undefined ? [] : ['--not', linked])], {
    gitDir,
    signal,
  });
  return { garbage: total - Number(reachable), total };
}

/** What the objects of a mirror take that are too young to go, in bytes, whether a ref leads to them or not. */
async function youngBytes(gitDir: string, grace: number): Promise<number> {
  const folder = join(gitDir, 'objects');
  const { loose, packs } = await listObjects(folder);
  let bytes = 0;
  for (const name of [...loose, ...packs.flatMap(filesOfPack)]) {
    const found = await lstat(join(folder, name)).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs < grace * 1000) bytes += found.blocks * 512;
  }
  return bytes;
}

/** Whether a push writes into a mirror at the moment. */
async function isPushedTo(gitDir: string): Promise<boolean> {
  const objects = join(gitDir, 'objects');
  for (const name of await readdir(objects).catch(() => [])) {
    if (!name.startsWith('tmp_objdir-')) continue;
    const { mtimeMs } = await stat(join(objects, name)).catch(() => ({ mtimeMs: 0 }));
    if (Date.now() - mtimeMs < longestPush) return true;
  }
  return false;
}

/** Aside first, so that nobody ever finds half of one. */
async function removeMirror(gitDir: string): Promise<void> {
  const aside = `${gitDir}.${randomUUID()}`;
  await rename(gitDir, aside);
  await rm(aside, { recursive: true, force: true });
}
