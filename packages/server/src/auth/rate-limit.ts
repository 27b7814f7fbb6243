/** How often something may be done. */
export interface Rate {
  /** How many at once, by one who was quiet before. */
  readonly burst: number;
  /** How many a second, in the long run. */
  readonly perSecond: number;
}

/** How many keys are remembered before those that are quiet again are forgotten. */
const mostQuiet = 1000;

/** Token buckets by key: an account, an address. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one of `key`'s, or as many as it costs; returns the seconds until there are so many, 0 where they were taken. */
  take(
    key: string,
    { cost = 1, now = performance.now() }: { readonly cost?: number; readonly now?: number } = {},
  ): number {
    const { burst, perSecond } = this.#rate;
    const bucket = this.#buckets.get(key) ?? { left: burst, at: now };
    const left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    const isEnough = left >= cost;
    this.#buckets.set(key, { left: isEnough ? left - cost : left, at: now });
    if (this.#buckets.size > mostQuiet) this.#forgetQuiet(now);
    return isEnough ? 0 : (cost - left) / perSecond;
  }

  /** Gives back what was taken of `key`’s and not used. */
  giveBack(key: string, cost: number): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.left += cost;
  }

  #forgetQuiet(now: number): void {
    const { burst, perSecond } = this.#rate;
    for (const [key, { left, at }] of this.#buckets) {
      if (left + ((now - at) / 1000) * perSecond >= burst) this.#buckets.delete(key);
    }
  }
}
