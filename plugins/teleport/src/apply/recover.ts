import { withLock } from '@prefish/durable';
import { errorMessage } from '@prefish/protocol';
import { displayPath } from '../git/raw-path.ts';
import type { Services } from '../services.ts';
import { workTreeKey } from '../snapshot/shadow.ts';
import type { WorkTree } from '../snapshot/work-tree.ts';
import { interruptedTrees, pendingJournal, treeLock } from './journal.ts';
import { settlePending } from './transaction.ts';

/** How a recovery is told to the user. */
export type Warn = (code: 'PREFISH_APPLY_FAILED', message: string) => void;

/** Puts a work tree in order in which an apply or undo was killed. Waits for one that is still at it. */
export async function finishInterrupted(
  services: Pick<Services, 'undoFolder'>,
  tree: Pick<WorkTree, 'root' | 'repository'>,
  warn: Warn,
  signal?: AbortSignal,
): Promise<void> {
  const key = workTreeKey(tree);
  if ((await pendingJournal(services.undoFolder, key)) === undefined) return;
  await withLock(treeLock(services.undoFolder, key), () => settleAndTell(services.undoFolder, key, warn), {
    signal,
  });
}

/**
 * As {@link finishInterrupted}, for every work tree: whatever the user does next, in whatever folder, does
 * not find one half changed. A tree in which someone is at it is left to them.
 */
export async function finishAllInterrupted(
  { undoFolder }: Pick<Services, 'undoFolder'>,
  warn: Warn,
  signal: AbortSignal,
): Promise<void> {
  for (const key of await interruptedTrees(undoFolder)) {
    await withLock(treeLock(undoFolder, key), () => settleAndTell(undoFolder, key, warn), {
      signal,
      timeoutMs: 100,
    }).catch((error: NodeJS.ErrnoException) => {
      signal.throwIfAborted();
      if (error.code !== 'ELOCKED') warn('PREFISH_APPLY_FAILED', errorMessage(error));
    });
  }
}

/** As {@link finishInterrupted}, for a caller that holds the tree's lock. */
export async function settleAndTell(undoFolder: string, key: string, warn: Warn): Promise<void> {
  const settled = await settlePending(undoFolder, key);
  if (settled === undefined) return;
  warn(
    'PREFISH_APPLY_FAILED',
    `An apply or undo in ${settled.root} was cut short; it was ${settled.outcome}`,
  );
  for (const path of settled.edited) {
    warn('PREFISH_APPLY_FAILED', `${displayPath(path)} was edited meanwhile and left as it is`);
  }
}
