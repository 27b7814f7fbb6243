import type { Task } from '@prefish/protocol';
import type { Store, StoreChange } from '../store/store.ts';
import { readyFrame, removedFrame, taskFrame } from './frames.ts';

/** How many changed tasks a follower may be behind. One that is further behind reads the list anew. */
const mostWaiting = 10_000;

/**
 * Yields encoded server-sent events: `ready`, then every task of an owner that is new or has changed, as it is by
 * then, and the id of each that is removed. Returns when `signal` is aborted, or the reader is too slow.
 */
export async function* listFeed(
  store: Store,
  owner: string,
  shown: (task: Task, owner: string) => Task,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const waiting = new Map<string, StoreChange>();
  let wake: (() => void) | undefined;
  const woken = (): void => wake?.();
  const unsubscribe = store.onChange((change) => {
    if (change.owner !== owner || (change.task === undefined && !change.removed)) return;
    // The newest state alone counts, and goes last.
    waiting.delete(change.id);
    waiting.set(change.id, change);
    woken();
  });
  signal.addEventListener('abort', woken);
  try {
    yield readyFrame;
    while (waiting.size <= mostWaiting) {
      for (const [id, { task, removed }] of waiting) {
        waiting.delete(id);
        if (removed) yield removedFrame(id);
        else if (task !== undefined) yield taskFrame(shown(task, owner));
      }
      if (signal.aborted) return;
      if (waiting.size === 0) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', woken);
  }
}
