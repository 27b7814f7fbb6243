import { cellsOf, textWidth, truncate } from './text.ts';

/** Where the terminal's cursor stands, counted from the frame's top left corner, both from 0. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
}

/** What a {@link Frame} is drawn on. */
export interface FrameOptions {
  /** Called once for each change, with all its bytes. */
  write(data: string): void;
  /** The size of the terminal, read at each drawing. */
  size(): { readonly columns: number; readonly rows: number };
  /**
   * Whether a terminal that becomes narrower wraps the row with the cursor too, as it does all others. Default
   * true. One that is made with xterm.js (`reflowCursorLine`) cuts it.
   */
  readonly wrapsCursorRow?: boolean;
}

const synchronizedOn = '\x1b[?2026h';
const synchronizedOff = '\x1b[?2026l';
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const eraseBelow = '\x1b[J';
const eraseToRight = '\x1b[K';
/** Below this many bytes a drawing cannot be seen half done. */
const shortDrawing = 40;

/**
 * The rows at the end of a terminal's screen that are drawn again when they change. What stands
 * above them belongs to the scrollback and is never touched. Only rows that differ are sent, in one
 * write.
 *
 * @example
 * frame.render(['> pick one', '  or the other'], { row: 0, column: 2 });
 * frame.clear();
 */
export class Frame {
  readonly #write: FrameOptions['write'];
  readonly #size: FrameOptions['size'];
  readonly #wrapsCursorRow: boolean;
  #rows: readonly string[] = [];
  #cursor: Cursor = { row: 0, column: 0 };
  #cursorShown = true;
  #columns = 0;

  constructor({ write, size, wrapsCursorRow = true }: FrameOptions) {
    this.#write = write;
    this.#size = size;
    this.#wrapsCursorRow = wrapsCursorRow;
  }

  /** Draws `rows`, cut to the width of the terminal. Without a cursor it is hidden. At most as many rows as the terminal has are drawn. */
  render(rows: readonly string[], cursor?: Cursor): void {
    const { columns } = this.#size();
    const next = this.#fitted(rows);
    if (next.length === 0) return this.clear();
    const drawn = columns === this.#columns ? '' : this.#erase(columns);
    this.#columns = columns;
    this.#send(drawn + this.#difference(next) + this.#place(cursor));
  }

  /** Removes the frame; the cursor is where its first row began. */
  clear(): void {
    if (this.#rows.length === 0 && this.#cursorShown) return;
    this.#send(this.#erase(this.#size().columns) + this.#show(true));
  }

  /** Leaves the frame as it is on the screen and goes to the line below it. */
  finish(): void {
    if (this.#rows.length === 0) return;
    const down = this.#rows.length - 1 - this.#cursor.row;
    this.#rows = [];
    this.#cursor = { row: 0, column: 0 };
    this.#send(`${down > 0 ? `\x1b[${down}B` : ''}\r\n${this.#show(true)}`);
  }

  /** Prints `text` above the frame, on lines of its own, and draws `next` in place of what the frame showed. */
  above(text: string, next?: { readonly rows: readonly string[]; readonly cursor?: Cursor }): void {
    const { columns } = this.#size();
    const shown = { rows: this.#rows, ...(this.#cursorShown ? { cursor: this.#cursor } : {}) };
    const { rows: wanted, cursor } = next ?? shown;
    const rows = this.#fitted(wanted);
    const lines = text.replace(/\r?\n$/, '').replaceAll(/\r?\n/g, '\r\n');
    const erased = this.#erase(columns);
    this.#columns = columns;
    this.#send(`${erased}${lines}\r\n${this.#difference(rows)}${rows.length > 0 ? this.#place(cursor) : ''}`);
  }

  /** Takes `rows`, which stand at the end of the screen already, for its own; the cursor is behind the last one. */
  adopt(rows: readonly string[]): void {
    this.#columns = this.#size().columns;
    this.#rows = rows;
    this.#cursor = { row: rows.length - 1, column: textWidth(rows.at(-1) ?? '') };
  }

  /** Forgets what was drawn, when the screen was cleared or switched. */
  forget(): void {
    this.#rows = [];
    this.#cursor = { row: 0, column: 0 };
  }

  #fitted(rows: readonly string[]): readonly string[] {
    const { columns, rows: height } = this.#size();
    return rows.slice(0, height).map((row) => truncate(row, columns));
  }

  /** Goes from the rows that are drawn to `next`, ending on the last row of `next`. */
  #difference(next: readonly string[]): string {
    let bytes = '';
    let row = this.#cursor.row;
    for (const [index, text] of next.entries()) {
      if (this.#rows[index] === text) continue;
      if (index >= this.#rows.length && index > 0) {
        bytes += `${move(row, index - 1)}\r\n`;
      } else {
        bytes += `${move(row, index)}\r`;
      }
      row = index;
      const full = textWidth(text) >= this.#columns;
      bytes += full ? text : text + eraseToRight;
    }
    if (this.#rows.length > next.length) {
      bytes += `${move(row, next.length)}\r${eraseBelow}`;
      row = next.length;
    }
    this.#rows = next;
    if (bytes !== '') this.#cursor = { row, column: -1 };
    return bytes;
  }

  #place(cursor: Cursor | undefined): string {
    const target = cursor ?? { row: this.#rows.length - 1, column: 0 };
    const stays = target.row === this.#cursor.row && target.column === this.#cursor.column;
    const bytes = stays ? '' : `${move(this.#cursor.row, target.row)}\x1b[${target.column + 1}G`;
    this.#cursor = target;
    return bytes + this.#show(cursor !== undefined);
  }

  #show(shown: boolean): string {
    if (this.#cursorShown === shown) return '';
    this.#cursorShown = shown;
    return shown ? showCursor : hideCursor;
  }

  /** Erases the rows drawn, which a terminal that became narrower has wrapped by now. */
  #erase(columns: number): string {
    if (this.#rows.length === 0) return '';
    const { row: last, column } = this.#cursor;
    let up = this.#wrapsCursorRow ? wrappedRow(this.#rows[last] ?? '', column, columns) : 0;
    for (const row of this.#rows.slice(0, last)) up += wrappedRow(row, Infinity, columns) + 1;
    this.forget();
    return `${up > 0 ? `\x1b[${up}A` : ''}\r${eraseBelow}`;
  }

  #send(bytes: string): void {
    if (bytes === '') return;
    if (bytes.length <= shortDrawing) return this.#write(bytes);
    const [hide, show] = this.#cursorShown ? [hideCursor, showCursor] : ['', ''];
    this.#write(synchronizedOn + hide + bytes + show + synchronizedOff);
  }
}

function move(from: number, to: number): string {
  if (to < from) return `\x1b[${from - to}A`;
  return to > from ? `\x1b[${to - from}B` : '';
}

/** In which row of a line that the terminal has wrapped its `column` is. Behind its end is the end of its last row. */
function wrappedRow(line: string, column: number, columns: number): number {
  let row = 0;
  let width = 0;
  let passed = 0;
  for (const cell of cellsOf(line)) {
    if (cell.width === 0) continue;
    if (width + cell.width > columns) {
      row++;
      width = 0;
    }
    if (passed >= column) break;
    width += cell.width;
    passed += cell.width;
  }
  return row;
}
