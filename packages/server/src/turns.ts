import { Counts } from './counts.ts';

/** Has what is asked under one key wait for its turn: so many at the same time, in the order in which they came. */
export class Turns {
  readonly #most: number;
  readonly #running = new Counts();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(most: number) {
    this.#most = most;
  }

  async during<T>(key: string, job: () => Promise<T>): Promise<T> {
    if (this.#running.of(key) < this.#most) this.#running.add(key, 1);
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
    this.#running.add(key, -1);
  }

  #queue(key: string): (() => void)[] {
    const queue = this.#waiting.get(key) ?? [];
    this.#waiting.set(key, queue);
    return queue;
  }
}
