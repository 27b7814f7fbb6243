import { wrap } from '@prefish/screen';

/** Lines that can be scrolled through. Those before `first` are gone; they count all the same. */
export interface Lines {
  readonly first: number;
  readonly end: number;
  at(line: number): string;
}

/** A row that is seen, and the line that it is of. */
export interface SeenRow {
  readonly text: string;
  readonly line: number;
}

/** A row of a line that is wrapped. */
interface Place {
  readonly line: number;
  readonly row: number;
}

/** How many lines are kept wrapped. */
const remembered = 500;

/** Lines seen through a window of rows; it follows their end until someone scrolls up. Only what is seen is wrapped. */
export class ScrollView {
  #lines: Lines = { first: 0, end: 0, at: () => '' };
  #columns = 80;
  #height = 1;
  #more = false;
  #top: Place | undefined;
  readonly #wrapped = new Map<string, readonly string[]>();

  /** @param top the line to begin with; without one the window stands at the end */
  constructor(top?: number) {
    this.#top = top === undefined ? undefined : { line: top, row: 0 };
  }

  /** The rows that a page has. */
  get page(): number {
    return this.#height;
  }

  /** Whether the window stands at the end. */
  get follows(): boolean {
    return this.#top === undefined;
  }

  /** The line of the first row that is seen. */
  get line(): number {
    return this.#place().line;
  }

  /** The line behind the last row that is seen. */
  get endLine(): number {
    return this.#walk(this.#place(), this.#height).line;
  }

  /** Moves by rows; infinitely far up is the first line, infinitely far down the end. */
  scroll(by: number): void {
    if (by === Number.POSITIVE_INFINITY) this.#top = undefined;
    else if (by === Number.NEGATIVE_INFINITY) this.goTo(this.#lines.first);
    else this.#settle(this.#walk(this.#place(), by));
  }

  /** Puts the beginning of a line on top, as far as there are lines below it. */
  goTo(line: number): void {
    this.#settle({ line, row: 0 });
  }

  /** Lines have come before one, or gone: what is on top stays there. */
  shift(line: number, by: number): void {
    if (this.#top !== undefined && this.#top.line >= line)
      this.#top = { ...this.#top, line: this.#top.line + by };
  }

  /** Shows other lines, this one on top. */
  show(lines: Lines, line: number): void {
    this.#lines = lines;
    this.goTo(line);
  }

  /** The rows to show of `lines`. With `more`, others follow that are not there now: their end is not to be followed. */
  rows(lines: Lines, columns: number, height: number, more = false): readonly SeenRow[] {
    if (columns !== this.#columns) this.#wrapped.clear();
    this.#lines = lines;
    this.#columns = columns;
    this.#height = Math.max(1, height);
    this.#more = more;
    if (this.#top !== undefined) this.#settle(this.#top);
    const { line, row } = this.#place();
    const seen: SeenRow[] = [];
    for (let index = line; index < lines.end && seen.length < row + this.#height; index++)
      seen.push(...this.#wrap(index).map((text) => ({ text, line: index })));
    return seen.slice(row, row + this.#height);
  }

  /** Takes a place for the top, or follows where that is the end. */
  #settle({ line, row }: Place): void {
    const { first } = this.#lines;
    const top = line < first ? { line: first, row: 0 } : { line, row };
    const last = this.#lastTop();
    const isAtEnd = top.line > last.line || (top.line === last.line && top.row >= last.row);
    this.#top = !isAtEnd ? top : this.#more ? last : undefined;
  }

  #place(): Place {
    return this.#top ?? this.#lastTop();
  }

  /** The first row of the last page. */
  #lastTop(): Place {
    return this.#walk({ line: this.#lines.end, row: 0 }, -this.#height);
  }

  /** So many rows further down, or up. */
  #walk({ line, row }: Place, by: number): Place {
    const { first, end } = this.#lines;
    let place = row + by;
    let index = line;
    while (place < 0 && index > first) place += this.#wrap(--index).length;
    while (index < end && place >= this.#wrap(index).length) place -= this.#wrap(index++).length;
    return { line: index, row: index >= end ? 0 : Math.max(0, place) };
  }

  #wrap(line: number): readonly string[] {
    const text = this.#lines.at(line);
    let rows = this.#wrapped.get(text);
    if (rows === undefined) {
      if (this.#wrapped.size >= remembered) this.#wrapped.clear();
      this.#wrapped.set(text, (rows = wrap(text, this.#columns)));
    }
    return rows;
  }
}
