/** A line of before. */
export interface HistoryEntry {
  /** As it was typed, with the token of the prefix that was active. */
  readonly line: string;
  /** Whether it was typed in this project. */
  readonly here: boolean;
}

/** Where the lines of all sessions are kept. */
export interface HistoryStore {
  /** All of them, oldest first; those that other shells have added meanwhile included. The same array while nothing was added. */
  entries(): readonly HistoryEntry[];
  append(line: string): void;
}

/**
 * The lines of before. ↑ walks those of this session first, then those of this project, then all
 * others; the unfinished line is the one to come back to.
 */
export class History {
  /** Finished lines of this session. */
  readonly #own: string[] = [];
  #store: HistoryStore | undefined;
  /** The order of ↑, oldest first, and what it was made of. */
  #ordered: readonly string[] = [];
  #entries: readonly HistoryEntry[] = [];
  #ownCount = 0;
  /** What ↑ walks, as it was when that began. */
  #walked: readonly string[] = [];
  #position: number | undefined;
  #draft = '';
  /** A line that was dropped before it was finished: the newest one until the next is. */
  #dropped: string | undefined;

  /** Goes on where other sessions ended, with the lines of this one. */
  use(store: HistoryStore): void {
    this.#store = store;
    for (const line of this.#own) store.append(line);
  }

  /** Goes back to the end, for the next line. */
  leave(): void {
    this.#position = undefined;
    this.#dropped = undefined;
  }

  /** Goes back to the end; ↑ finds `line` there once more. It is written nowhere. */
  drop(line: string): void {
    this.leave();
    if (line.trim() !== '') this.#dropped = line;
  }

  /** Remembers a finished line; a repetition is left out. */
  add(line: string): void {
    if (this.#own.at(-1) === line) return;
    this.#own.push(line);
    this.#store?.append(line);
  }

  older(current: string): string | undefined {
    if (this.#position === undefined) {
      this.#draft = current;
      const lines = this.#lines();
      const dropped = this.#dropped === lines.at(-1) ? undefined : this.#dropped;
      this.#walked = dropped === undefined ? lines : [...lines, dropped];
      this.#position = this.#walked.length;
    }
    return this.#position === 0 ? undefined : this.#walked[--this.#position];
  }

  newer(): string | undefined {
    if (this.#position === undefined) return undefined;
    const line = this.#walked[++this.#position];
    if (line !== undefined) return line;
    this.#position = undefined;
    return this.#draft;
  }

  /** The line to type on to from `beginning`: the latest that begins so. */
  suggestion(beginning: string): string | undefined {
    if (beginning.trim() === '') return undefined;
    return this.#lines().findLast((line) => line.length > beginning.length && line.startsWith(beginning));
  }

  /** The lines that hold each word of `query`, newest first, each once. Capitals in the query matter. */
  matching(query: string): readonly string[] {
    const words = query.split(/\s+/).filter((word) => word !== '');
    const found = new Set<string>();
    const entries = this.#store?.entries() ?? [];
    const lines = [...entries.map(({ line }) => line), ...(this.#store === undefined ? this.#own : [])];
    for (const line of lines.reverse()) {
      const folded = line.toLowerCase();
      if (words.every((word) => (word === word.toLowerCase() ? folded : line).includes(word)))
        found.add(line);
    }
    return [...found];
  }

  #lines(): readonly string[] {
    const entries = this.#store?.entries() ?? [];
    if (entries === this.#entries && this.#ownCount === this.#own.length) return this.#ordered;
    this.#entries = entries;
    this.#ownCount = this.#own.length;
    const elsewhere = entries.filter(({ here }) => !here);
    const here = entries.filter((entry) => entry.here);
    const all = [...elsewhere.map(({ line }) => line), ...here.map(({ line }) => line), ...this.#own];
    this.#ordered = [...new Set(all.reverse())].reverse();
    return this.#ordered;
  }
}
