import { setTimeout as sleep } from 'node:timers/promises';
import { isPrefishError } from '@prefish/core';

/** How often a source that is away is asked again, in milliseconds. */
const everyMs = 1000;
/** For how long, where nothing else was said, in milliseconds: a server that is started again. */
const usualPatienceMs = 60_000;
/** What passes by itself, once the server is back. */
const passing: readonly string[] = [
  'PREFISH_SERVER_UNREACHABLE',
  'PREFISH_SERVER_ANSWER',
  'PREFISH_SERVER_INTERNAL',
  'PREFISH_SSH_FAILED',
  'PREFISH_TASK_SOURCE_FAILED',
];

/** What {@link whileAway} is given. */
export interface WhileAway {
  readonly signal: AbortSignal;
  /** In milliseconds. */
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
  { signal, tell, patienceMs = usualPatienceMs }: WhileAway,
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

/** Whether a question failed because of what passes by itself: the server is away. */
export function isAway({ code }: { readonly code: string }): boolean {
  return passing.includes(code);
}
