import { withLock } from '@prefish/durable';
import { PrefishError, errorMessage, isPrefishError } from '@prefish/protocol';
import { commitTree } from './commit-tree.ts';
import { findIgnored } from './ignored.ts';
import {
  expectNoInnerRepositories,
  forgetInnerRepositories,
  recordInnerRepositories,
  saysInnerRepository,
} from './inner-repositories.ts';
import { seedIndex } from './seed-index.ts';
import { emptyShadow, type Shadow } from './shadow.ts';
import { changesSince, readDetails, type SnapshotDetails } from './snapshot-details.ts';
import type { WorkTree } from './work-tree.ts';

/** A work tree as it was at one moment, as a commit in its shadow. */
export interface Snapshot {
  readonly commit: string;
  readonly tree: string;
  /** Found out while the commit is already on its way. */
  readonly details: Promise<SnapshotDetails>;
}

/**
 * Captures the work tree: every file that git does not ignore, committed or not. Nothing in the
 * user's repository changes. A shadow that has lost objects (the user's `git gc --prune=now` may take
 * what it borrowed) is made anew, once.
 *
 * @param meanwhile Called while git reads the tree and this process would be idle
 * @throws PREFISH_SNAPSHOT_FAILED, PREFISH_NO_SPACE, the lock's `ELOCKED`
 */
export async function takeSnapshot(
  shadow: Shadow,
  tree: WorkTree,
  signal?: AbortSignal,
  meanwhile?: () => void,
): Promise<Snapshot> {
  return withLock(shadow.lockPath, () => captureOrRebuild(shadow, tree, signal, meanwhile), { signal });
}

/** As {@link takeSnapshot}, after the objects that the shadow has were found to be incomplete. */
export async function retakeSnapshot(
  shadow: Shadow,
  tree: WorkTree,
  signal?: AbortSignal,
): Promise<Snapshot> {
  return withLock(shadow.lockPath, () => rebuild(shadow, tree, signal), { signal });
}

async function captureOrRebuild(
  shadow: Shadow,
  tree: WorkTree,
  signal?: AbortSignal,
  meanwhile?: () => void,
): Promise<Snapshot> {
  try {
    return await capture(shadow, tree, true, signal, meanwhile);
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
  meanwhile?: () => void,
): Promise<Snapshot> {
  await seedIndex(shadow, tree, trusted, signal);
  const hadInner = await forgetInnerRepositories(shadow, tree.root, signal);
  const what = shadow.leftOut.length === 0 ? [] : ['--', ':/', ...shadow.leftOut];
  const adding = shadow.git(['add', '-A', '--sparse', '--ignore-errors', ...what], { codes: [0, 1], signal });
  meanwhile?.();
  const { stderr: addErrors } = await adding;
  // Not beside `git add`, which uses every core by itself.
  const ignored = findIgnored(shadow, tree.root, signal);
  ignored.catch(() => {});
  const written = (await shadow.git(['write-tree'], { signal })).stdout.toString('latin1').trim();
  const changes = changesSince(shadow, tree, written, signal);
  changes.catch(() => {});
  const [commit, inner] = await Promise.all([
    commitTree(shadow, written, parentOf(tree), signal),
    hadInner || saysInnerRepository(addErrors)
      ? recordInnerRepositories(shadow, tree.root, signal)
      : expectNoInnerRepositories(shadow, tree.root, changes),
  ]);
  const captured = { changes, addErrors, inner: inner.found, ignored };
  const details = readDetails(shadow, tree, captured, signal);
  details.catch(() => {});
  return { commit, tree: written, details };
}

/** An incomplete history cannot be pushed, so that a snapshot of one stands alone. */
function parentOf(tree: WorkTree): string | null {
  return tree.repository?.partial === true ? null : tree.commit;
}
