import type { Task } from '@prefish/protocol';
import type { Store, StoreChange } from '../store/store.ts';
import { eventFrames } from './frames.ts';

/** How many events a page has at most. */
const pageLimit = 1000;
/** How many pages are kept for readers that are close behind one another. */
const pagesKept = 4;

/** A run of events, encoded once for all who read it. */
export interface EventPage {
  readonly frames: Uint8Array;
  /** The `seq` of its last event. */
  readonly last: number;
}

/** What the followers of one task share: its newest state, its newest pages, and the wake-up. */
export class TaskFeed {
  /** Rises with every change. */
  version = 0;
  readonly #id: string;
  readonly #store: Store;
  readonly #pages = new Map<number, Promise<EventPage | undefined>>();
  readonly #waiting = new Set<() => void>();
  #task: Task | undefined;

  constructor(id: string, store: Store) {
    this.#id = id;
    this.#store = store;
  }

  /** Takes notice of a commit. */
  changed({ task, removed }: StoreChange): void {
    this.version++;
    if (removed) this.#task = undefined;
    else this.#task = task ?? this.#task;
    this.#pages.clear();
    for (const wake of this.#waiting) wake();
  }

  /** The task as it is. @throws PREFISH_TASK_NOT_FOUND */
  async task(): Promise<Task> {
    if (this.#task !== undefined) return this.#task;
    const { version } = this;
    const { task } = await this.#store.get(this.#id);
    // A change that came meanwhile is newer than what was read.
    if (version === this.version) this.#task = task;
    return this.#task ?? task;
  }

  /** The events after `after`; `undefined` when there are none yet. */
  page(after: number): Promise<EventPage | undefined> {
    const known = this.#pages.get(after);
    if (known !== undefined) return known;
    const page = this.#read(after);
    if (this.#pages.size >= pagesKept) this.#pages.delete(this.#pages.keys().next().value!);
    this.#pages.set(after, page);
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

  async #read(after: number): Promise<EventPage | undefined> {
    const events = await this.#store.events(this.#id, after, pageLimit);
    const last = events.at(-1);
    return last === undefined ? undefined : { frames: eventFrames(events), last: last.seq };
  }
}
