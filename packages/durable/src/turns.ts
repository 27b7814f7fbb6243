/** Callers of one key, within this process, one after another in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves when all earlier turns of `key` are over; disposing of the result ends this one. */
  async take(key: string, signal: AbortSignal): Promise<AsyncDisposable> {
    const before = this.#last.get(key);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const mine = Promise.all([before, over]).then(() => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    });
    this.#last.set(key, mine);
    try {
      if (before) await settledOrAborted(before, signal);
    } catch (error) {
      end();
      throw error;
    }
    return { [Symbol.asyncDispose]: async () => end() };
  }
}

function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
