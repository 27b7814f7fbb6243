import { setImmediate as turn } from 'node:timers/promises';
import { isFinal } from '@prefish/protocol';
import type { Store } from '../store/store.ts';
import { endFrame, taskFrame } from './frames.ts';
import { PageCache } from './page-cache.ts';
import { TaskFeed } from './task-feed.ts';

/**
 * Live event streams. The store is the only source of events and its notifications are a wake-up,
 * so that nothing is missed or sent twice; each follower reads at its own pace, and a slow one costs
 * no more memory than the page it is about to take.
 */
export class EventFeed {
  readonly #store: Store;
  readonly #pages = new PageCache();
  readonly #feeds = new Map<string, { readonly feed: TaskFeed; followers: number }>();
  readonly #unsubscribe: () => void;

  constructor(store: Store) {
    this.#store = store;
    this.#unsubscribe = store.onChange((change) => {
      this.#feeds.get(change.id)?.feed.changed(change);
      if (!change.removed) return;
      this.#feeds.delete(change.id);
      this.#pages.forget(change.id);
    });
  }

  /**
   * Yields encoded server-sent events: the task as it is, every event with `seq > after` as it is
   * written, the task again whenever it has changed, and `end` when it has ended and all was sent.
   * When `signal` is aborted, it yields what there is by then and returns. `id` is a whole id.
   */
  async *follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const shared = this.#feeds.get(id) ?? { feed: new TaskFeed(id, this.#store, this.#pages), followers: 0 };
    this.#feeds.set(id, shared);
    shared.followers++;
    try {
      yield* frames(shared.feed, after, signal);
    } finally {
      shared.followers--;
      if (shared.followers === 0 && this.#feeds.get(id) === shared) this.#feeds.delete(id);
      if (this.#feeds.size === 0) this.#pages.clear();
    }
  }

  close(): void {
    this.#unsubscribe();
  }
}

async function* frames(
  feed: TaskFeed,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let last = after;
  let shown = await feed.task();
  yield taskFrame(shown);
  for (;;) {
    const { version } = feed;
    const { aborted } = signal;
    // Read before the events: when this says that the task has ended, all of its events are there.
    const task = await feed.task();
    for (let page = await feed.page(last); page !== undefined; page = await feed.page(last)) {
      last = page.last;
      yield page.frames;
      // A reader that is fast enough never waits, and nobody else would have a turn before it has everything.
      await turn();
    }
    if (task !== shown) yield taskFrame(task);
    shown = task;
    if (isFinal(task.state)) {
      yield endFrame;
      return;
    }
    if (aborted) return;
    await feed.next(version, signal);
  }
}
