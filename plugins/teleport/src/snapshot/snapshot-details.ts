import { access, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Base } from '@prefish/protocol';
import { offline } from '../git/git.ts';
import { parseRawDiff, type RawChange } from '../git/raw-diff.ts';
import { displayPath, onDisk, type RawPath } from '../git/raw-path.ts';
import type { Ignored } from './ignored.ts';
import type { CapturedTree } from './capture-tree.ts';
import type { NotCaptured } from './not-captured.ts';
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
  /** The repositories inside the work tree whose files go along. */
  readonly inner: readonly string[];
  /** What a `.prefishignore` names, whole folders as one. */
  readonly left: readonly string[];
  /** Why the history does not go along: its object ids are none of sha1, or this clone has only a part of it. */
  readonly historyStays?: 'sha256' | 'incomplete';
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

/**
 * Finds out what a captured tree is, compared with what the user has committed and staged, the repositories inside it
 * included.
 */
export async function readDetails(captured: CapturedTree, signal?: AbortSignal): Promise<SnapshotDetails> {
  const { tree, left, missing } = captured;
  const own = await readOwnDetails(captured, signal);
  const inner = await Promise.all(captured.inner.map((one) => readDetails(one.captured, signal)));
  const sum = (count: (details: Pick<SnapshotDetails, 'base' | 'bytes'>) => number): number =>
    [own, ...inner].reduce((total, details) => total + count(details), 0);
  const below = (index: number, inside: string): string =>
    `${displayPath(captured.inner[index]!.path)}/${inside}`;
  return {
    ...own,
    base: {
      ...own.base,
      dirty: sum(({ base }) => base.dirty),
      untracked: sum(({ base }) => base.untracked),
    },
    bytes: sum(({ bytes }) => bytes),
    inner: captured.inner.map(({ path }) => displayPath(path)),
    left: [
      ...[...left.tracked, ...left.untracked].map(displayPath),
      ...inner.flatMap((details, index) => details.left.map((path) => below(index, path))),
    ],
    ...whyHistoryStays(tree),
    notCaptured: [...captured.notCaptured, ...describeMissing(missing), ...(await captured.special)],
    ignored: await captured.ignored,
  };
}

function whyHistoryStays({ repository, commit }: WorkTree): Pick<SnapshotDetails, 'historyStays'> {
  if (repository?.borrowable === false) return { historyStays: 'sha256' };
  return repository?.partial === true && commit !== null ? { historyStays: 'incomplete' } : {};
}

async function readOwnDetails(
  { shadow, tree, plain, left, missing, filtered }: CapturedTree,
  signal?: AbortSignal,
): Promise<Pick<SnapshotDetails, 'base' | 'bytes' | 'unmerged'>> {
  const same = filtered.flatMap((file) => file.filtered?.path ?? []);
  const away = new Set([...left.tracked, ...missing, ...same]);
  const changes = (await changesSince(shadow, tree, plain, signal)).filter(({ path }) => !away.has(path));
  const { base, unmerged } = await describeDifferences(shadow, tree, changes, signal);
  return { base, bytes: await sizeOnDisk(tree.root, changes), unmerged };
}

function describeMissing(paths: readonly RawPath[]): NotCaptured[] {
  const [first] = paths;
  if (first === undefined) return [];
  const more = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
  return [{ path: `${displayPath(first)}${more}`, why: 'missing' }];
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
  if (tree.repository?.borrowable !== true) return [];
  const from = tree.commit ?? emptyTree;
  const diff = await shadow.git(['diff-index', '--cached', '--raw', '-z', '--no-renames', from], {
    env: { GIT_DIR: tree.repository.gitDir, ...offline },
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

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
