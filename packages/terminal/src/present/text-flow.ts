import { textWidth } from '@prefish/screen';

/** Chinese and Japanese are broken between any two characters, but not before a closing one (Unicode UAX #14, ID and CL). */
const ideograph = /^[\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff]/;
const pieces =
  /[\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff][、。，．：；！？）」』】〉》]*|[^\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff]+/g;

/** Breaks text that comes in pieces into lines between its words. A word is held back until it is whole. */
export class TextFlow {
  readonly #columns: () => number;
  #column = 0;
  #spaces = '';
  #word = '';
  #wordWidth = 0;
  #indent = '';
  #indentWidth = 0;

  /** @param columns how many there are; asked for at each word */
  constructor(columns: () => number) {
    this.#columns = columns;
  }

  /** Whether nothing of the current line is there yet. */
  get atLineStart(): boolean {
    return this.#column === 0 && this.#word === '' && this.#spaces === '';
  }

  /** What the lines begin with that the current one is broken into. */
  indent(text: string): void {
    this.#indent = text;
    this.#indentWidth = textWidth(text);
  }

  /** Adds text without a line break; `paint` colours each of its words. Returns what can be shown now. */
  add(text: string, paint: (word: string) => string): string {
    let shown = '';
    for (const part of text.match(/[ \t]+|[^ \t]+/g) ?? []) {
      if (/^[ \t]/.test(part)) {
        shown += this.#flush();
        this.#spaces += part;
      } else {
        for (const piece of part.match(pieces) ?? []) {
          const isIdeograph = ideograph.test(piece);
          if (isIdeograph) shown += this.#flush();
          this.#word += paint(piece);
          this.#wordWidth += textWidth(piece);
          if (isIdeograph || this.#wordWidth >= this.#columns()) shown += this.#flush();
        }
      }
    }
    return shown;
  }

  /** Adds what is neither broken nor held back. */
  addWhole(text: string): string {
    const shown = this.#flush() + this.#spaces + text;
    this.#column += this.#spaces.length + textWidth(text);
    this.#spaces = '';
    return shown;
  }

  /** Ends the line. */
  newline(): string {
    const shown = `${this.#flush()}\n`;
    this.#column = 0;
    this.#spaces = '';
    this.indent('');
    return shown;
  }

  #flush(): string {
    if (this.#word === '') return '';
    const columns = this.#columns();
    const isBroken =
      this.#column > this.#indentWidth &&
      this.#column + this.#spaces.length + this.#wordWidth > columns &&
      this.#indentWidth < columns / 2;
    const start = isBroken ? `\n${this.#indent}` : this.#spaces;
    const shown = start + this.#word;
    this.#column = (isBroken ? this.#indentWidth : this.#column + this.#spaces.length) + this.#wordWidth;
    if (this.#column > columns) this.#column %= columns;
    this.#spaces = '';
    this.#word = '';
    this.#wordWidth = 0;
    return shown;
  }
}
