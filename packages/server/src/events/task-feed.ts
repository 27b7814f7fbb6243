import { setImmediate as turn } from 'node:timers/promises';
import { PrefishError, type Task } from '@prefish/protocol';
import type { Store, StoreChange } from '../store/store.ts';
import { eventFrames } from './frames.ts';
import type { EventPage, PageCache } from './page-cache.ts';

/** How many events a page has at most, and how many bytes, about. */
const pageLimit = { events: 1000, bytes: 2 ** 20 };
/** How many pages are kept at the end of a transcript. */
const openPagesKept = 4;

/** What the followers of one task share: its newest state, its newest pages, and the wake-up. */
export class TaskFeed {
  /** Rises with every change. */
  version = 0;
  readonly #id: string;
  readonly #store: Store;
  readonly #shared: PageCache;
  /** Pages to which events may come, by the `seq` before them. */
  readonly #open = new Map<number, Promise<EventPage | undefined>>();
  readonly #waiting = new Set<() => void>();
  #task: Task | undefined;
  #removed = false;

  constructor(id: string, store: Store, shared: PageCache) {
    this.#id = id;
    this.#store = store;
    this.#shared = shared;
  }

  /** Takes notice of a commit. */
  changed({ task, removed }: StoreChange): void {
    this.version++;
    this.#removed ||= removed === true;
    this.#task = task ?? this.#task;
    this.#open.clear();
    for (const wake of this.#waiting) wake();
  }

  /** The task as it is. @throws PREFISH_TASK_NOT_FOUND */
  async task(): Promise<Task> {
    // Its id may be another one's from then on.
    if (this.#removed) throw new PrefishError('PREFISH_TASK_NOT_FOUND', `Task ${this.#id} was removed.`);
    if (this.#task !== undefined) return this.#task;
    const { version } = this;
    const { task } = await this.#store.get(this.#id);
    // A change that came meanwhile is newer than what was read.
    if (version === this.version) this.#task = task;
    return this.#task ?? task;
  }

  /** The events after `after`; `undefined` when there are none yet. */
  page(after: number): Promise<EventPage | undefined> {
    if (this.#removed) return Promise.resolve(undefined);
    const known = this.#shared.find(this.#id, after) ?? this.#open.get(after);
    if (known !== undefined) return known;
    const page = this.#read(after, (full) => {
      this.#open.delete(after);
      if (!this.#removed) this.#shared.keep(this.#id, after, full);
    });
    if (this.#open.size >= openPagesKept) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(after, page);
    return page;
  }

  /** Resolves once something has changed since `version`, or `signal` is aborted. */
  async next(version: number, signal: AbortSignal): Promise<void> {
    if (this.version !== version || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  async #read(after: number, onFull: (page: EventPage) => void): Promise<EventPage | undefined> {
    // Readers that are behind come closer meanwhile, and then share what the first of them has read.
    await turn();
    const events = await this.#store.events(this.#id, after, pageLimit.events, pageLimit.bytes);
    const last = events.at(-1);
    if (last === undefined || this.#removed) return undefined;
    const page = { frames: eventFrames(events), last: last.seq };
    if (events.length === pageLimit.events || page.frames.length >= pageLimit.bytes) onFull(page);
    return page;
  }
}
