import { access, lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Base } from '@prefish/protocol';
import { parseRawDiff, type RawChange } from '../git/raw-diff.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import type { Ignored } from './ignored.ts';
import { innerRepositories, readAddErrors, submodulePaths, type NotCaptured } from './not-captured.ts';
import type { Shadow } from './shadow.ts';
import type { WorkTree } from './work-tree.ts';

/** What is told about a snapshot, and sent along with it. */
export interface SnapshotDetails {
  readonly base: Base;
  /** Bytes of the changed and the untracked files. */
  readonly bytes: number;
  readonly notCaptured: readonly NotCaptured[];
  /** Whether some files hold a merge's conflict markers. */
  readonly unmerged: boolean;
  readonly ignored: Ignored;
}

/** The tree without entries: git knows it without an object. */
export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** From the commit of HEAD to a captured tree. */
export async function changesSince(
  shadow: Shadow,
  tree: WorkTree,
  written: string,
  signal?: AbortSignal,
): Promise<RawChange[]> {
  const from = tree.commit ?? emptyTree;
  const args = ['diff-tree', '-r', '--raw', '-z', '--no-renames', from, written];
  return parseRawDiff((await shadow.git(args, { signal })).stdout);
}

/** Finds out what a captured tree is, compared with what the user has committed and staged. */
export async function readDetails(
  shadow: Shadow,
  tree: WorkTree,
  captured: {
    /** As {@link changesSince} gives them. */
    readonly changes: Promise<readonly RawChange[]>;
    readonly addErrors: string;
    /** The repositories inside this one whose files stay here. */
    readonly inner: Promise<readonly RawPath[]>;
    readonly ignored: Promise<Ignored>;
  },
  signal?: AbortSignal,
): Promise<SnapshotDetails> {
  const changes = await captured.changes;
  const { base, unmerged } = await describeDifferences(shadow, tree, changes, signal);
  return {
    base,
    bytes: await sizeOnDisk(tree.root, changes),
    notCaptured: [
      ...readAddErrors(captured.addErrors),
      ...innerRepositories(await captured.inner, await readSubmodules(tree.root)),
      ...(await lfsFiles(tree)),
    ],
    unmerged,
    ignored: await captured.ignored,
  };
}

async function describeDifferences(
  shadow: Shadow,
  tree: WorkTree,
  changes: readonly RawChange[],
  signal?: AbortSignal,
): Promise<{ base: Base; unmerged: boolean }> {
  const added = changes.filter((change) => change.status === 'A');
  const merging = tree.repository ? await exists(join(tree.repository.gitDir, 'MERGE_HEAD')) : false;
  const staged = added.length > 0 || merging ? await stagedChanges(shadow, tree, signal) : [];
  const tracked = new Set(staged.map((change) => change.path));
  const untracked = added.filter((change) => !tracked.has(change.path)).length;
  return {
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
async function stagedChanges(shadow: Shadow, tree: WorkTree, signal?: AbortSignal): Promise<RawChange[]> {
  if (tree.repository === undefined) return [];
  const from = tree.commit ?? emptyTree;
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
