import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../store/store.ts';

/** For how long an end is told, in milliseconds: whoever waits for a task asks several times a second. */
const toldFor = 500;

/**
 * Notes when tasks end once a server closes. What it returns waits until those who ask for the last one could hear of
 * it: how a task ended is not to be known only after the next start.
 */
export function lastWords(store: Pick<Store, 'onChange'>, closing: AbortSignal): () => Promise<void> {
  let last = -Infinity;
  const unsubscribe = store.onChange(({ task }) => {
    if (closing.aborted && task?.endedAt !== undefined) last = performance.now();
  });
  return async () => {
    unsubscribe();
    const left = last + toldFor - performance.now();
    if (left > 0) await delay(left);
  };
}
