import { sanitize, wrap } from '@prefish/screen';

const sgr = /\x1b\[[0-9;:]*m/g;
const reset = '\x1b[0m';
/** More attributes than these are in no real text: the oldest are forgotten. */
const maxColors = 200;

/** The last line of what is printed, as far as it has come, and the colours that are on in it. */
export class UnfinishedLine {
  #text = '';
  /** The colours that are on where {@link #text} begins. */
  #colors = '';

  get text(): string {
    return this.#text === '' ? '' : this.#colors + this.#text;
  }

  /** Adds what is printed next. Returns the lines that it finishes, with their colours closed; none when there are none. */
  add(text: string): string | undefined {
    const all = this.#text + text;
    const end = all.lastIndexOf('\n') + 1;
    this.#text = afterReturn(all.slice(end));
    if (end === 0) return undefined;
    const lines = this.#colors + all.slice(0, end - 1);
    this.#colors = colorsAfter(lines);
    return this.#colors === '' ? lines : lines + reset;
  }

  /** Ends the line. Returns it, where there was one. */
  finish(): string | undefined {
    return this.#text === '' ? undefined : this.add('\n');
  }

  /** As {@link finish}, of all rows but the last one. */
  finishRows(columns: number): string {
    const rows = this.rows(columns);
    const last = rows.pop() ?? '';
    this.#colors = '';
    this.#text = last.endsWith(reset) ? last.slice(0, -reset.length) : last;
    return rows.join('\n');
  }

  /** The line is on the screen, and somebody else goes on there. */
  forget(): void {
    this.#text = '';
    this.#colors = '';
  }

  /** How it is drawn: nothing that moves the cursor. */
  rows(columns: number): string[] {
    return this.#text === '' ? [] : wrap(sanitize(this.text), columns);
  }

  /** Whether it looks on the screen, where it was printed as it is, as {@link rows} say. */
  get isPlain(): boolean {
    return !/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(this.#text.replaceAll(sgr, ''));
  }
}

/** A lone carriage return begins the line again, as progress bars do. */
function afterReturn(line: string): string {
  const at = line.replace(/\r+$/, '').lastIndexOf('\r');
  return at === -1 ? line : line.slice(at + 1);
}

function colorsAfter(text: string): string {
  let colors = '';
  for (const [sequence] of text.matchAll(sgr)) {
    colors = /^\x1b\[[0;]*m$/.test(sequence) ? '' : colors + sequence;
  }
  return colors.slice(colors.length > maxColors ? colors.lastIndexOf('\x1b') : 0);
}
