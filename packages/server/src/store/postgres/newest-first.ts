import { isFinal } from '@prefish/protocol';
import type { StoreChange } from '../store.ts';

/** How many tasks are remembered. */
const most = 10_000;

/**
 * Keeps what is older than what was told already from being told as news: a commit of this process and the notice
 * of another one's may come in either order.
 */
export class NewestFirst {
  /** The `seq` up to which each task was told. */
  readonly #told = new Map<string, number>();

  /** The change as it is to be told: without the task, where a newer one was told. */
  take(change: StoreChange): StoreChange {
    const { task, seq = 0, ...rest } = change;
    const { id } = change;
    if (task === undefined) return change;
    if (seq < (this.#told.get(id) ?? 0)) return rest;
    if (this.#told.size >= most) this.#told.delete(this.#told.keys().next().value!);
    this.#told.set(id, isFinal(task.state) ? Number.POSITIVE_INFINITY : seq);
    return change;
  }
}
