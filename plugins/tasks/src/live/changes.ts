import { setTimeout as sleep } from 'node:timers/promises';
import type { Task, TaskSource } from '@prefish/core';

/** Wakes whoever shows or awaits tasks of a source: at once where it tells of changes, else after a while. */
export class Changes implements Disposable {
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  #changed = Promise.withResolvers<void>();

  /** `told` gets each task as the source tells of it. */
  constructor(source: TaskSource, signal: AbortSignal, told: (task: Task) => void = () => {}) {
    this.#signal = AbortSignal.any([signal, this.#ended.signal]);
    void this.#watch(source, told);
  }

  /**
   * Resolves at the next change, or after `milliseconds` at the latest.
   *
   * @throws the signal's reason
   */
  async next(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    try {
      await Promise.race([
        this.#changed.promise,
        sleep(milliseconds, undefined, { signal: AbortSignal.any([this.#signal, timer.signal]) }),
      ]);
      this.#signal.throwIfAborted();
    } finally {
      timer.abort();
      this.#changed = Promise.withResolvers();
    }
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
  }

  /** A source that cannot be watched, or stops telling, is still asked from time to time. */
  async #watch(source: TaskSource, told: (task: Task) => void): Promise<void> {
    try {
      for await (const task of source.watch?.(this.#signal) ?? []) {
        told(task);
        this.#changed.resolve();
      }
    } catch {
      // The next question to the source says what is wrong with it.
    }
  }
}
