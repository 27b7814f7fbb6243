import { access, lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '@prefish/durable';
import { PrefishError, errorMessage, isPrefishError, type Base } from '@prefish/protocol';
import { parseRawDiff, type RawChange } from '../git/raw-diff.ts';
import { onDisk } from '../git/raw-path.ts';
import { findIgnored, type Ignored } from './ignored.ts';
import { nestedRepositories, readAddErrors, submodulePaths, type NotCaptured } from './not-captured.ts';
import { seedIndex } from './seed-index.ts';
import { emptyShadow, type Shadow } from './shadow.ts';
import type { WorkTree } from './work-tree.ts';

/** A work tree as it was at one moment, as a commit in its shadow. */
export interface Snapshot {
  readonly commit: string;
  readonly tree: string;
  readonly base: Base;
  /** Bytes of the changed and the untracked files. */
  readonly bytes: number;
  readonly notCaptured: readonly NotCaptured[];
  /** Paths that hold a merge's conflict markers. */
  readonly unmerged: boolean;
  readonly ignored: Ignored;
}

/** The tree without entries: git knows it without an object. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const identity = { name: 'prefish', email: 'prefish@localhost' };

/** The author of commits that nobody wrote. */
export const prefishIdentity: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: identity.name,
  GIT_AUTHOR_EMAIL: identity.email,
  GIT_COMMITTER_NAME: identity.name,
  GIT_COMMITTER_EMAIL: identity.email,
};

/**
 * Captures the work tree: every file that git does not ignore, committed or not. Nothing in the
 * user's repository changes. A shadow that has lost objects (the user's `git gc --prune=now` may take
 * what it borrowed) is made anew, once.
 *
 * @throws PREFISH_SNAPSHOT_FAILED, PREFISH_NO_SPACE, the lock's `ELOCKED`
 */
export async function takeSnapshot(shadow: Shadow, tree: WorkTree, signal?: AbortSignal): Promise<Snapshot> {
  return withLock(shadow.lockPath, () => captureOrRebuild(shadow, tree, signal), { signal });
}

/** As {@link takeSnapshot}, after the objects that the shadow has were found to be incomplete. */
export async function retakeSnapshot(
  shadow: Shadow,
  tree: WorkTree,
  signal?: AbortSignal,
): Promise<Snapshot> {
  return withLock(shadow.lockPath, () => rebuild(shadow, tree, signal), { signal });
}

async function captureOrRebuild(shadow: Shadow, tree: WorkTree, signal?: AbortSignal): Promise<Snapshot> {
  try {
    return await capture(shadow, tree, true, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (isPrefishError(error) && error.code !== 'PREFISH_GIT_FAILED') throw error;
  }
  return rebuild(shadow, tree, signal);
}

async function rebuild(shadow: Shadow, tree: WorkTree, signal?: AbortSignal): Promise<Snapshot> {
  await emptyShadow(shadow);
  try {
    return await capture(shadow, tree, false, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    if (isPrefishError(cause) && cause.code !== 'PREFISH_GIT_FAILED') throw cause;
    throw new PrefishError(
      'PREFISH_SNAPSHOT_FAILED',
      `${tree.root} could not be captured: ${errorMessage(cause)}`,
      {
        hint: tree.repository ? 'Does `git fsck` find the repository whole?' : undefined,
        cause,
      },
    );
  }
}

async function capture(
  shadow: Shadow,
  tree: WorkTree,
  trusted: boolean,
  signal?: AbortSignal,
): Promise<Snapshot> {
  await seedIndex(shadow, tree, trusted, signal);
  const [added, ignored] = await Promise.all([
    shadow.git(['add', '-A', '--sparse', '--ignore-errors'], { codes: [0, 1], signal }),
    findIgnored(shadow, tree.root, signal),
  ]);
  const written = (await shadow.git(['write-tree'], { signal })).stdout.toString('latin1').trim();
  const [commit, differences] = await Promise.all([
    commitTree(shadow, written, parentOf(tree), signal),
    describeDifferences(shadow, tree, written, signal),
  ]);
  const { changes, base, unmerged } = differences;
  return {
    commit,
    tree: written,
    base,
    bytes: await sizeOnDisk(tree.root, changes),
    notCaptured: [
      ...readAddErrors(added.stderr),
      ...nestedRepositories(changes, await readSubmodules(tree.root)),
      ...(await lfsFiles(tree)),
    ],
    unmerged,
    ignored,
  };
}

/** A commit of a tree, in the shadow. */
export async function commitTree(
  shadow: Shadow,
  tree: string,
  parent: string | null,
  signal?: AbortSignal,
  author: Readonly<Record<string, string>> = {},
  message = 'prefish snapshot',
): Promise<string> {
  const args = ['commit-tree', ...(parent === null ? [] : ['-p', parent]), '-m', message, tree];
  const { stdout } = await shadow.git(args, { env: { ...prefishIdentity, ...author }, signal });
  return stdout.toString('latin1').trim();
}

/** An incomplete history cannot be pushed, so that a snapshot of one stands alone. */
function parentOf(tree: WorkTree): string | null {
  return tree.repository?.partial === true ? null : tree.commit;
}

async function describeDifferences(
  shadow: Shadow,
  tree: WorkTree,
  written: string,
  signal?: AbortSignal,
): Promise<{ changes: RawChange[]; base: Base; unmerged: boolean }> {
  const from = tree.commit ?? emptyTree;
  const diff = await shadow.git(['diff-tree', '-r', '--raw', '-z', '--no-renames', from, written], {
    signal,
  });
  const changes = parseRawDiff(diff.stdout);
  const added = changes.filter((change) => change.status === 'A');
  const merging = tree.repository ? await exists(join(tree.repository.gitDir, 'MERGE_HEAD')) : false;
  const staged = added.length > 0 || merging ? await stagedChanges(shadow, tree, from, signal) : [];
  const tracked = new Set(staged.map((change) => change.path));
  const untracked = added.filter((change) => !tracked.has(change.path)).length;
  return {
    changes,
    base: {
      commit: tree.commit,
      branch: tree.branch,
      dirty: changes.length - untracked,
      untracked,
    },
    unmerged: staged.some((change) => change.status === 'U'),
  };
}

/** What the user's own index has that HEAD has not. */
async function stagedChanges(
  shadow: Shadow,
  tree: WorkTree,
  from: string,
  signal?: AbortSignal,
): Promise<RawChange[]> {
  if (tree.repository === undefined) return [];
  const diff = await shadow.git(['diff-index', '--cached', '--raw', '-z', '--no-renames', from], {
    env: { GIT_DIR: tree.repository.gitDir },
    codes: [0, 128],
    signal,
  });
  return parseRawDiff(diff.stdout);
}

async function sizeOnDisk(root: string, changes: readonly RawChange[]): Promise<number> {
  let bytes = 0;
  for (const change of changes) {
    if (change.status === 'D') continue;
    bytes += await lstat(onDisk(root, change.path)).then(
      (found) => (found.isDirectory() ? 0 : found.size),
      () => 0,
    );
  }
  return bytes;
}

async function readSubmodules(root: string): Promise<Set<string>> {
  return submodulePaths(await readFile(join(root, '.gitmodules'), 'utf8').catch(() => ''));
}

async function lfsFiles(tree: WorkTree): Promise<NotCaptured[]> {
  if (tree.repository === undefined) return [];
  const attributes = await readFile(join(tree.root, '.gitattributes'), 'utf8').catch(() => '');
  const patterns = Array.from(
    attributes.matchAll(/^\s*(\S+)\s.*\bfilter=lfs\b/gm),
    (match) => match[1] ?? '',
  );
  return patterns.map((path) => ({ path, why: 'lfs' }));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
