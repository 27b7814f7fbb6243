import { setTimeout as sleep } from 'node:timers/promises';
import { isPrefishError } from '@prefish/core';
import { isServerAway, serverAwayPatienceMs } from '@prefish/protocol';

/** How often a source that is away is asked again, in milliseconds. */
const everyMs = 1000;

/** What {@link whileAway} is given. */
export interface WhileAway {
  readonly signal: AbortSignal;
  /** In milliseconds; {@link serverAwayPatienceMs} where nothing is said. */
  readonly patienceMs?: number | undefined;
  /** Told why nobody can be asked, each time. */
  tell(error: Error & { readonly code: string }): void;
}

/**
 * The answer to a question, which is asked again and again while the server that could answer it is away.
 *
 * @throws what the question throws that does not pass by itself, or does not pass in time; the signal's reason
 */
export async function whileAway<T>(
  ask: () => Promise<T>,
  { signal, tell, patienceMs = serverAwayPatienceMs }: WhileAway,
): Promise<T> {
  const since = performance.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!isPrefishError(error) || !isAway(error) || performance.now() - since > patienceMs) throw error;
      tell(error);
      await sleep(everyMs, undefined, { signal });
    }
  }
}

/** Whether a question failed because of what passes by itself: the server is away, whatever its source is. */
export function isAway(error: { readonly code: string }): boolean {
  return isServerAway(error) || error.code === 'PREFISH_TASK_SOURCE_FAILED';
}
