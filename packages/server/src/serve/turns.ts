/** Has what is asked under one key wait for its turn: so many at the same time, in the order in which they came. */
export class Turns {
  readonly #most: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(most: number) {
    this.#most = most;
  }

  async during<T>(key: string, job: () => Promise<T>): Promise<T> {
    if (this.#now(key) < this.#most) this.#running.set(key, this.#now(key) + 1);
    else await new Promise<void>((resolve) => this.#queue(key).push(resolve));
    try {
      return await job();
    } finally {
      this.#next(key);
    }
  }

  /** Hands the place on, where somebody waits for it. */
  #next(key: string): void {
    const next = this.#queue(key).shift();
    if (this.#queue(key).length === 0) this.#waiting.delete(key);
    if (next !== undefined) return next();
    this.#running.set(key, this.#now(key) - 1);
    if (this.#now(key) === 0) this.#running.delete(key);
  }

  #now(key: string): number {
    return this.#running.get(key) ?? 0;
  }

  #queue(key: string): (() => void)[] {
    const queue = this.#waiting.get(key) ?? [];
    this.#waiting.set(key, queue);
    return queue;
  }
}
