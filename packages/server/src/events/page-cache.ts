/** A run of events, encoded once for all who read it. */
export interface EventPage {
  readonly frames: Uint8Array;
  /** The `seq` of its last event. */
  readonly last: number;
}

/** How many pages are kept, of all tasks together; a page has a megabyte, about. */
const most = 32;

/** Pages of transcripts that are full, so that nothing comes to them any more; those that were used last. */
export class PageCache {
  readonly #pages = new Map<string, Promise<EventPage>>();

  /** A page of a task, by the `seq` before it. */
  find(task: string, after: number): Promise<EventPage> | undefined {
    const key = keyOf(task, after);
    const page = this.#pages.get(key);
    if (page !== undefined) {
      this.#pages.delete(key);
      this.#pages.set(key, page);
    }
    return page;
  }

  keep(task: string, after: number, page: EventPage): void {
    if (this.#pages.size >= most) this.#pages.delete(this.#pages.keys().next().value!);
    this.#pages.set(keyOf(task, after), Promise.resolve(page));
  }

  /** Forgets a task that was removed: its id may be another one's from then on. */
  forget(task: string): void {
    for (const key of this.#pages.keys()) if (key.startsWith(keyOf(task, ''))) this.#pages.delete(key);
  }

  clear(): void {
    this.#pages.clear();
  }
}

function keyOf(task: string, after: number | ''): string {
  return `${task} ${after}`;
}
