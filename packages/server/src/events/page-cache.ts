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

  find(key: string): Promise<EventPage> | undefined {
    const page = this.#pages.get(key);
    if (page !== undefined) {
      this.#pages.delete(key);
      this.#pages.set(key, page);
    }
    return page;
  }

  keep(key: string, page: EventPage): void {
    if (this.#pages.size >= most) this.#pages.delete(this.#pages.keys().next().value!);
    this.#pages.set(key, Promise.resolve(page));
  }

  clear(): void {
    this.#pages.clear();
  }
}
