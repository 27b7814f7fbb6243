import { captureTree, type CapturedTree, type CaptureOptions } from './capture-tree.ts';
import { commitTree } from './commit-tree.ts';
import { describeContents } from './snapshot-contents.ts';
import type { Shadow } from './shadow.ts';
import { readDetails, type SnapshotDetails } from './snapshot-details.ts';
import type { WorkTree } from './work-tree.ts';

/** A work tree as it was at one moment, as a commit in its shadow. */
export interface Snapshot {
  readonly commit: string;
  readonly tree: string;
  /** Found out while the commit is already on its way. */
  readonly details: Promise<SnapshotDetails>;
}

/**
 * Captures the work tree: every file that git does not ignore, committed or not, those of the repositories inside it
 * included. Nothing in the user's repository changes.
 *
 * @param meanwhile Called while git reads the tree and this process would be idle
 * @param admit Told what has changed and would be read, before it is: throws where that is too much
 * @throws what {@link captureTree} throws
 */
export async function takeSnapshot(
  shadow: Shadow,
  tree: WorkTree,
  signal?: AbortSignal,
  meanwhile?: () => void,
  admit?: CaptureOptions['admit'],
): Promise<Snapshot> {
  return commitSnapshot(await captureTree({ shadow, tree }, { signal, meanwhile, admit }), signal);
}

/** As {@link takeSnapshot}, after the objects that the shadow has were found to be incomplete. */
export async function retakeSnapshot(
  shadow: Shadow,
  tree: WorkTree,
  signal?: AbortSignal,
): Promise<Snapshot> {
  return commitSnapshot(await captureTree({ shadow, tree }, { signal, afresh: true }), signal);
}

async function commitSnapshot(captured: CapturedTree, signal?: AbortSignal): Promise<Snapshot> {
  const { shadow, tree, written } = captured;
  const details = readDetails(captured, signal);
  details.catch(() => {});
  const commit = await commitTree(shadow, written, parentOf(tree), signal, {}, describeContents(captured));
  return { commit, tree: written, details };
}

/** An incomplete history cannot be pushed, so that a snapshot of one stands alone. */
function parentOf(tree: WorkTree): string | null {
  return tree.repository?.partial === true ? null : tree.commit;
}
