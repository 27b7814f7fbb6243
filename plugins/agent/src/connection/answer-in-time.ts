import { setTimeout as delay } from 'node:timers/promises';
import { PrefishError } from '@prefish/core';

const slowAfterMs = 5_000;
const answerWithinMs = 30_000;

/** How an answer is waited for. */
export interface Waiting {
  /** Who has to answer, for people. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Called when the answer takes long; the waiting goes on. */
  slow(message: string): void;
  /** What no answer at all is. */
  tooLate(message: string): Error;
}

/**
 * The answer to a request that ought to come at once.
 *
 * @throws PREFISH_INTERRUPTED, what `tooLate` makes after 30 s, what `ask` throws
 */
export async function answerInTime<T>(
  ask: () => Promise<T>,
  { name, signal, slow, tooLate }: Waiting,
): Promise<T> {
  const settled = new AbortController();
  const late = async (): Promise<never> => {
    await delay(slowAfterMs, undefined, { signal: settled.signal });
    slow(`${name} has not answered for ${slowAfterMs / 1000} s; it has ${answerWithinMs / 1000} s`);
    await delay(answerWithinMs - slowAfterMs, undefined, { signal: settled.signal });
    throw tooLate(`No answer in ${answerWithinMs / 1000} s.`);
  };
  const interrupted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new PrefishError('PREFISH_INTERRUPTED', 'Interrupted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: settled.signal });
  });
  const timer = late();
  timer.catch(() => {});
  try {
    return await Promise.race([ask(), timer, interrupted]);
  } finally {
    settled.abort();
  }
}
