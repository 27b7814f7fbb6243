/**
 * A signal that is aborted with the first of several. Unlike `AbortSignal.any`, it leaves nothing
 * behind on those that outlive it, once `stop` is called.
 */
export function joinSignals(...signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  stop(): void;
} {
  const [first, ...others] = signals.filter((signal) => signal !== undefined);
  if (first !== undefined && others.length === 0) return { signal: first, stop: () => {} };
  const joined = new AbortController();
  const abort = (event: Event): void => joined.abort((event.target as AbortSignal).reason);
  for (const signal of signals) {
    if (signal?.aborted) joined.abort(signal.reason);
    else signal?.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: joined.signal,
    stop: () => {
      for (const signal of signals) signal?.removeEventListener('abort', abort);
    },
  };
}

/** Resolves when `signal` is aborted; `stop` removes the listener. */
export function whenAborted(signal: AbortSignal): { readonly aborted: Promise<void>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = (): void => resolve();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', listener, { once: true });
  return { aborted: promise, stop: () => signal.removeEventListener('abort', listener) };
}

/** The promise's own end, or the signal's reason as a rejection, whichever comes first. */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const abort = whenAborted(signal);
  try {
    return await Promise.race([promise, abort.aborted.then(() => Promise.reject(signal.reason as Error))]);
  } finally {
    abort.stop();
  }
}
