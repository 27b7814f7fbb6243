import { constants } from 'node:fs';
import { copyFile, lstat, open, readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@prefish/durable';
import { splitNul } from '../git/git.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import type { Shadow } from './shadow.ts';
import type { WorkTree } from './work-tree.ts';

/**
 * Makes the shadow's index ready for `git add`. The user's index is taken whenever it has changed,
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
): Promise<void> {
  await rm(join(shadow.folder, 'index.lock'), { force: true });
  const { repository } = tree;
  if (repository === undefined) return;
  const seedFile = join(shadow.folder, 'prefish-seed');
  if (!trusted) {
    await readHead(shadow, tree, signal);
    await rm(seedFile, { force: true });
    return;
  }
  const key = await indexKey(join(repository.gitDir, 'index'));
  const seeded = await readFile(seedFile, 'utf8').catch(() => '');
  if (seeded === key && (await present(join(shadow.folder, 'index')))) return;
  if (key === 'none') await rm(join(shadow.folder, 'index'), { force: true });
  else await copyIndex(repository.gitDir, shadow.folder);
  await clearHiddenBits(shadow, tree.root, signal);
  await replaceFile(seedFile, key);
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
  const env = { GIT_DIR: tree.repository?.gitDir ?? '' };
  const listed = await shadow.git(['ls-files', '-t', '-z'], { env, codes: [0, 128], signal });
  const skipped = splitNul(listed.stdout).filter((entry) => entry.startsWith('S '));
  const absent = await keepAbsent(
    tree.root,
    skipped.map((entry) => entry.slice(2)),
  );
  await updateBits(shadow, '--skip-worktree', absent, signal);
}

/** `skip-worktree` and `assume-unchanged` hide edits from `git add`: both are cleared where there is a file. */
async function clearHiddenBits(shadow: Shadow, root: string, signal?: AbortSignal): Promise<void> {
  const listed = await shadow.git(['ls-files', '-v', '-z'], { signal });
  const hidden = splitNul(listed.stdout).filter((entry) => /^[a-zS]/.test(entry));
  const paths = hidden.map((entry) => entry.slice(2));
  const absent = new Set(await keepAbsent(root, paths));
  const visible = paths.filter((path) => !absent.has(path));
  await updateBits(shadow, '--no-skip-worktree', visible, signal);
  await updateBits(shadow, '--no-assume-unchanged', visible, signal);
}

async function updateBits(
  shadow: Shadow,
  option: string,
  paths: readonly RawPath[],
  signal?: AbortSignal,
): Promise<void> {
  if (paths.length === 0) return;
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
  await shadow.git(['update-index', option, '-z', '--stdin'], { input, signal });
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
