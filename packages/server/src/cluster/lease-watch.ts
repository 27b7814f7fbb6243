import type { Lease, Store } from '../store/store.ts';

/**
 * How long a worker that says nothing holds its tasks, in seconds, and how often it is looked for such, in
 * milliseconds: one that is lost is seen within their sum, and one look more.
 */
export const leaseSeconds = 8;
export const lookPause = 2000;

/** A store that is asked again and again which leases have run out, and does not go by a clock for that. */
export function watchingLeases(store: Store): Store {
  const watch = new LeaseWatch(leaseSeconds * 1000, 3 * lookPause);
  return {
    ...store,
    async expired(asked) {
      const leases = await store.expired({ ...asked, everything: true });
      return asked.everything ? leases : watch.runOut(leases);
    },
  };
}

/**
 * Finds the leases that nobody extends any more: by how long they stay as they are, as seen from here. No clock is
 * asked, which on the host of the database may be set forward by an hour, and every lease would have run out; or back,
 * and none ever would.
 */
export class LeaseWatch {
  readonly #patience: number;
  readonly #longestGap: number;
  readonly #seen = new Map<string, { readonly until: Lease['until']; readonly since: number }>();
  #lookedAt = -Infinity;

  /**
   * @param patience after how many milliseconds without an extension a lease has run out
   * @param longestGap who was not able to look for longer than this, in milliseconds, begins to count anew: the
   * holders may not have been able to extend anything either
   */
  constructor(patience: number, longestGap: number) {
    this.#patience = patience;
    this.#longestGap = longestGap;
  }

  /** Those of all leases that have run out; it has to be asked again and again. `now` is `performance.now()`. */
  runOut(leases: readonly Lease[], now: number = performance.now()): readonly Lease[] {
    if (now - this.#lookedAt > this.#longestGap) this.#seen.clear();
    this.#lookedAt = now;
    const known = new Map(this.#seen);
    this.#seen.clear();
    return leases.filter((lease) => {
      const key = `${lease.id}/${lease.attempt}`;
      const before = known.get(key);
      const since = before?.until === lease.until ? (before?.since ?? now) : now;
      this.#seen.set(key, { until: lease.until, since });
      return now - since >= this.#patience;
    });
  }
}
