import type { Out } from '@prefish/core';
import {
  describeExtent,
  describeNotCaptured,
  describeSnapshot,
  describeStaying,
  printable,
} from '../snapshot/describe-snapshot.ts';
import type { Server } from '../server.ts';
import type { SnapshotDetails } from '../snapshot/snapshot-details.ts';
import type { WorkTree } from '../snapshot/work-tree.ts';

/** What goes along with the snapshot. */
export interface Along {
  /** Paths that are carried. */
  readonly carried: readonly string[];
  /** What the owner of the line sends along, in its words. */
  readonly summary?: readonly string[] | undefined;
}

/** Says what goes, what could not be captured, and what stays. Names only: never what a file holds. */
export function announce(
  { out, say }: { readonly out: Pick<Out, 'warn'>; readonly say: (text: string) => void },
  snapshot: SnapshotDetails,
  tree: WorkTree,
  { carried, summary = [] }: Along,
  { place, elsewhere }: Pick<Server, 'place' | 'elsewhere'>,
): void {
  say(printable(describeSnapshot(snapshot, place, tree.repository === undefined, carried)));
  if (summary.length > 0) say(printable(`  with ${summary.join(' · ')}`));
  for (const line of describeExtent(snapshot)) say(printable(line));
  for (const missing of snapshot.notCaptured)
    out.warn('PREFISH_NOT_CAPTURED', printable(describeNotCaptured(missing)));
  if (snapshot.unmerged) {
    out.warn('PREFISH_NOT_CAPTURED', 'A merge is not finished: its files go with their conflict markers');
  }
  const staying = snapshot.ignored.staying.filter((path) => !isCarried(path, carried));
  if (staying.length > 0) say(printable(describeStaying(staying, !elsewhere)));
}

function isCarried(path: string, carried: readonly string[]): boolean {
  return carried.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
