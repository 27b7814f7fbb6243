import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, lstat, open, readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@prefish/durable';
import { offline, splitNul } from '../git/git.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import { listIndex, nulList } from './list-index.ts';
import type { IndexEntry } from './revise-tree.ts';
import { isRule } from './scan-work-tree.ts';
import type { Shadow } from './shadow.ts';
import type { Repository, WorkTree } from './work-tree.ts';

/** What is to be known of an index that was seeded. */
export interface Seed {
  /** Where it has the commit of a repository inside this one. */
  readonly gitlinks: readonly RawPath[];
  /** What it no longer holds, because nothing of it is here: see {@link dropMissing}. */
  readonly missing: readonly RawPath[];
  /** What git was told not to look at, and was not there: where it is by now, somebody wants it to be seen. */
  readonly hidden: readonly RawPath[];
  /** See {@link isRule}. */
  readonly rules: readonly RawPath[];
}

/** A seed, and what shows whether it still is that of the user's index. */
export interface KeptSeed extends Seed {
  readonly key: string;
  /** Names this one: never the same again. */
  readonly id: string;
}

/**
 * Makes the shadow's index ready to be updated. The user's index is taken whenever it has changed,
 * because its stat data say which files need not be read; else the shadow's own, which the last
 * snapshot refreshed, is the better one.
 *
 * @param trusted False to take nothing from the user's index but the paths that are not checked out:
 * every file is then read and hashed again
 */
export async function seedIndex(
  shadow: Shadow,
  tree: WorkTree,
  trusted: boolean,
  signal?: AbortSignal,
): Promise<KeptSeed | undefined> {
  await rm(join(shadow.folder, 'index.lock'), { force: true });
  const { repository } = tree;
  if (repository === undefined) return undefined;
  const seedFile = seedFileOf(shadow);
  const key = await indexKey(join(repository.gitDir, 'index'));
  const seeded = trusted ? await readSeed(seedFile) : undefined;
  if (seeded?.key === key && (await isStill(shadow, tree, seeded))) {
    return dropReplaced(shadow, tree, seeded, signal);
  }
  await rm(seedFile, { force: true });
  if (repository.borrowable) {
    if (!trusted) await readHead(shadow, tree, signal);
    else if (key === 'none') await rm(join(shadow.folder, 'index'), { force: true });
    else await copyIndex(repository.gitDir, shadow.folder);
  } else await addIgnored(shadow, repository, tree.root, signal);
  const seed = { key, id: randomUUID(), ...(await settle(shadow, tree, signal)) };
  await replaceFile(seedFile, JSON.stringify(seed));
  return dropReplaced(shadow, tree, seed, signal);
}

/** Takes out the repositories that are gone, or in whose place there is a file: git would not look. They may be back next time. */
async function dropReplaced(
  shadow: Shadow,
  { root }: WorkTree,
  seed: KeptSeed,
  signal?: AbortSignal,
): Promise<KeptSeed> {
  const folders = await Promise.all(seed.gitlinks.map((path) => isFolder(onDisk(root, path))));
  const replaced = seed.gitlinks.filter((_, index) => !folders[index]);
  if (replaced.length === 0) return seed;
  await rm(seedFileOf(shadow), { force: true });
  await forceRemove(shadow, replaced, signal);
  return { ...seed, gitlinks: seed.gitlinks.filter((_, index) => folders[index]) };
}

/** The index has more rules by now than it was seeded with. */
export async function rememberRules(
  shadow: Shadow,
  seed: KeptSeed | undefined,
  rules: readonly RawPath[],
): Promise<void> {
  if (seed === undefined || seed.rules.length === rules.length) return;
  if ((await readSeed(seedFileOf(shadow))) === undefined) return;
  await replaceFile(seedFileOf(shadow), JSON.stringify({ ...seed, rules }));
}

function seedFileOf({ folder }: Shadow): string {
  return join(folder, 'prefish-seed');
}

async function isStill(shadow: Shadow, { root }: WorkTree, { hidden }: Seed): Promise<boolean> {
  if (!(await present(join(shadow.folder, 'index')))) return false;
  return (await keepAbsent(root, hidden)).length === hidden.length;
}

async function readSeed(file: string): Promise<KeptSeed | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Files that git tracks although it ignores them: nothing else says that they belong. */
async function addIgnored(
  shadow: Shadow,
  { gitDir }: Repository,
  root: string,
  signal?: AbortSignal,
): Promise<void> {
  const env = { GIT_DIR: gitDir, ...offline };
  const listed = await shadow.git(['ls-files', '-ci', '--exclude-standard', '-z'], { env, signal });
  const paths = splitNul(listed.stdout);
  const absent = new Set(await keepAbsent(root, paths));
  const input = nulList(paths.filter((path) => !absent.has(path)));
  await shadow.git(['update-index', '--add', '-z', '--stdin'], { input, signal });
}

/** `skip-worktree` and `assume-unchanged` hide edits: both are cleared where there is a file. */
async function settle(shadow: Shadow, tree: WorkTree, signal?: AbortSignal): Promise<Seed> {
  const entries = await listIndex(shadow, signal);
  const gitlinks = entries.filter(({ mode }) => mode === '160000').map(({ path }) => path);
  const hidden = entries.filter(({ tag }) => /^[a-zS]/.test(tag));
  const absent = new Set(
    await keepAbsent(
      tree.root,
      hidden.map(({ path }) => path),
    ),
  );
  const visible = hidden.map(({ path }) => path).filter((path) => !absent.has(path));
  await updateBits(shadow, '--no-skip-worktree', visible, signal);
  await updateBits(shadow, '--no-assume-unchanged', visible, signal);
  const missing =
    tree.repository?.partial === true
      ? await dropMissing(
          shadow,
          hidden.filter(({ path }) => absent.has(path)),
          signal,
        )
      : [];
  const rules = entries.map(({ path }) => path).filter(isRule);
  // Of a sparse checkout git takes care by itself.
  const isSparse = tree.config.get('core.sparsecheckout') === 'true';
  return { gitlinks, missing, rules, hidden: isSparse ? [] : [...absent] };
}

/**
 * Takes out what a partial clone has never fetched: no tree could be written with it, and nothing is fetched behind
 * the user's back.
 */
async function dropMissing(
  shadow: Shadow,
  entries: readonly IndexEntry[],
  signal?: AbortSignal,
): Promise<RawPath[]> {
  if (entries.length === 0) return [];
  const input = entries.map(({ id }) => `${id}\n`).join('');
  const { stdout } = await shadow.git(['cat-file', '--batch-check=%(objecttype)'], { input, signal });
  const types = stdout.toString('latin1').split('\n');
  const missing = entries.filter((_, index) => types[index]?.endsWith('missing')).map(({ path }) => path);
  if (missing.length > 0) await forceRemove(shadow, missing, signal);
  return missing;
}

/** Changes whenever the content of the index does: its trailing checksum (gitformat-index(5)) and its size. */
async function indexKey(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r');
    const { size, mtimeMs } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(20), 0, 20, Math.max(0, size - 20));
    const checksum = buffer.toString('hex');
    // With `index.skipHash` the checksum is zero.
    return /^0+$/.test(checksum) ? `${size} ${mtimeMs}` : `${size} ${checksum}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
}

/**
 * The index, and the shared parts of a split one, no younger than they are: a file that was changed in
 * the moment in which the index was written has the same stat data as before, and git knows that it has
 * to look by the age of the index alone (https://git-scm.com/docs/racy-git).
 */
async function copyIndex(from: string, to: string): Promise<void> {
  const shared = (await readdir(from)).filter((name) => name.startsWith('sharedindex.'));
  for (const name of [...shared, 'index']) {
    const { atime, mtimeMs } = await stat(join(from, name));
    await copyFile(join(from, name), join(to, name), constants.COPYFILE_FICLONE);
    // A whole millisecond earlier: a time in seconds is rounded on its way to the file system.
    await utimes(join(to, name), atime, (Math.floor(mtimeMs) - 1) / 1000);
  }
}

/** An index of HEAD without stat data. Paths outside a sparse checkout stay marked as such. */
async function readHead(shadow: Shadow, tree: WorkTree, signal?: AbortSignal): Promise<void> {
  await shadow.git(tree.commit === null ? ['read-tree', '--empty'] : ['read-tree', tree.commit], { signal });
  const env = { GIT_DIR: tree.repository?.gitDir ?? '', ...offline };
  const listed = await shadow.git(['ls-files', '-t', '-z'], { env, codes: [0, 128], signal });
  const skipped = splitNul(listed.stdout).filter((entry) => entry.startsWith('S '));
  const absent = await keepAbsent(
    tree.root,
    skipped.map((entry) => entry.slice(2)),
  );
  await updateBits(shadow, '--skip-worktree', absent, signal);
}

async function forceRemove(shadow: Shadow, paths: readonly RawPath[], signal?: AbortSignal): Promise<void> {
  const input = nulList(paths);
  await shadow.git(['update-index', '--force-remove', '-z', '--stdin'], { input, signal });
}

async function updateBits(
  shadow: Shadow,
  option: string,
  paths: readonly RawPath[],
  signal?: AbortSignal,
): Promise<void> {
  if (paths.length === 0) return;
  await shadow.git(['update-index', option, '-z', '--stdin'], { input: nulList(paths), signal });
}

async function keepAbsent(root: string, paths: readonly RawPath[]): Promise<RawPath[]> {
  const found = await Promise.all(paths.map((path) => present(onDisk(root, path))));
  return paths.filter((_, index) => !found[index]);
}

async function present(path: string | Buffer): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: Buffer): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
