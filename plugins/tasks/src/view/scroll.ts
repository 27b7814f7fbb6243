import { wrap } from '@prefish/screen';

/** Lines seen through a window of rows; it follows their end until someone scrolls up. */
export class ScrollView {
  #columns = 0;
  #wrapped: string[] = [];
  /** How many lines, from which line on, stand in `#wrapped`. */
  #count = 0;
  #dropped = 0;
  #top: number | undefined;
  #height = 1;

  /** The rows that a page has. */
  get page(): number {
    return this.#height;
  }

  /** Whether the window stands at the end. */
  get follows(): boolean {
    return this.#top === undefined;
  }

  scroll(by: number): void {
    const last = Math.max(0, this.#wrapped.length - this.#height);
    const top = Math.max(0, Math.min((this.#top ?? last) + by, last));
    this.#top = top >= last ? undefined : top;
  }

  /** The rows to show of `lines`, of which `dropped` at the beginning are no longer there. Only lines added since are wrapped. */
  rows(lines: readonly string[], dropped: number, columns: number, height: number): readonly string[] {
    if (columns !== this.#columns || dropped !== this.#dropped) {
      this.#wrapped = [];
      this.#count = 0;
    }
    this.#columns = columns;
    this.#dropped = dropped;
    this.#height = Math.max(1, height);
    // The last line may have been unfinished and grown since.
    const settled = Math.max(0, this.#count - 1);
    if (this.#count > 0) this.#unwrapLast();
    for (const line of lines.slice(settled)) this.#append(line);
    this.#count = lines.length;
    const last = Math.max(0, this.#wrapped.length - this.#height);
    const top = Math.min(this.#top ?? last, last);
    return this.#wrapped.slice(top, top + this.#height);
  }

  #lastRows = 0;

  #append(line: string): void {
    const rows = wrap(line, this.#columns);
    this.#lastRows = rows.length;
    for (const row of rows) this.#wrapped.push(row);
  }

  #unwrapLast(): void {
    this.#wrapped.length -= this.#lastRows;
  }
}
