import { PrefishError, type Task } from '@prefish/protocol';
import { authorOf, messageOf } from '../apply/author-of.ts';
import { bringCommit } from '../apply/bring-commit.ts';
import type { TaskTree } from '../apply/find-task-tree.ts';
import { mergeResult, refuseDangerousPaths } from '../apply/merge-result.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import { commitTree } from '../snapshot/commit-tree.ts';
import { makeCommittable } from '../snapshot/snapshot-contents.ts';

/** A result as one commit on the commit that its task started from. */
export interface Replayed {
  readonly commit: string;
  readonly message: string;
  /** The repositories inside the work tree in which it has changes, which are not in the commit. */
  readonly leftOut: readonly RawPath[];
}

/**
 * Makes one commit of what a task changed, on top of the commit that HEAD named when it was sent, in the user's
 * repository. What was not committed then stays out of it. The same result gives the same commit each time.
 *
 * @throws PREFISH_USAGE where there was no commit; PREFISH_APPLY_CONFLICT where the result builds on what was not
 * committed
 */
export async function replayResult(found: TaskTree, task: Task, signal: AbortSignal): Promise<Replayed> {
  const { tree, shadow, sent, result } = found;
  const base = task.base?.commit ?? null;
  if (base === null) {
    throw new PrefishError(
      'PREFISH_USAGE',
      `Task ${task.number} started from no commit: nothing to push it onto`,
    );
  }
  const [before, after] = await Promise.all([
    makeCommittable(shadow, sent, sent, base, signal),
    makeCommittable(shadow, result, sent, base, signal),
  ]);
  const [start, end] = await Promise.all(
    [before, after].map((side) => commitTree(shadow, side.tree, null, signal)),
  );
  const merged = await mergeResult(shadow, base, start!, end!, `task-${task.number}`, signal);
  if (merged.conflicts.length > 0) {
    const paths = merged.conflicts.slice(0, 5).map(displayPath).join(', ');
    throw new PrefishError(
      'PREFISH_APPLY_CONFLICT',
      `The result builds on what was not committed when it was sent, in ${paths}; nothing was pushed`,
      {
        hint: `prefish tasks apply ${found.reference} --branch NAME makes a branch with that as a commit of its own, for you to push`,
      },
    );
  }
  refuseDangerousPaths(merged.changes);
  const message = await messageOf(shadow, result, signal);
  const at = `${Math.floor(Date.parse(task.endedAt ?? task.createdAt) / 1000)} +0000`;
  const author = { ...authorOf(tree.config), GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
  const commit = await commitTree(shadow, merged.tree, base, signal, author, message);
  await bringCommit(found, commit, signal);
  return { commit, message, leftOut: after.leftOut };
}
