/** Work that is under way, and how many wait for it. */
interface UnderWay<T> {
  readonly done: Promise<T>;
  readonly abort: AbortController;
  waiting: number;
}

/** Work that several may want at the same time: it is done once for all of them, and given up when none is left. */
export class SharedWork<T> {
  readonly #underWay = new Map<string, UnderWay<T>>();

  /** Waits for the work of this name, which begins unless it is under way. Aborting `signal` ends the wait at once. */
  async do(name: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const underWay = this.#underWay.get(name) ?? this.#begin(name, work);
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal!.reason);
    signal?.addEventListener('abort', leave, { once: true });
    underWay.waiting += 1;
    try {
      return await Promise.race([underWay.done, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      underWay.waiting -= 1;
      if (underWay.waiting === 0) {
        // Who comes now begins anew.
        if (this.#underWay.get(name) === underWay) this.#underWay.delete(name);
        underWay.abort.abort();
      }
    }
  }

  #begin(name: string, work: (signal: AbortSignal) => Promise<T>): UnderWay<T> {
    const abort = new AbortController();
    const underWay = { abort, waiting: 0, done: work(abort.signal) };
    underWay.done.catch(() => {});
    this.#underWay.set(name, underWay);
    return underWay;
  }
}
