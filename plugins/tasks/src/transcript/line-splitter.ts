import { CarriedColors } from './carried-colors.ts';

/** Where a line that does not end is cut, in characters. */
const maxLine = 65_536;

/** Cuts sanitised text that comes in pieces into lines, each of which can be drawn alone: it begins with the colours that are on. */
export class LineSplitter {
  readonly #colors = new CarriedColors();
  #unfinished = '';

  /** The line that has not ended; `''` when nothing of it can be seen yet. */
  get unfinished(): string {
    return isBlank(this.#unfinished) ? '' : this.#unfinished;
  }

  /** The lines that have ended by now. */
  add(text: string): string[] {
    const [first = '', ...more] = text.split('\n');
    const ended: string[] = [];
    this.#unfinished += first;
    for (const line of more) {
      ended.push(this.#end());
      this.#unfinished += line;
    }
    if (this.#unfinished.length > maxLine) ended.push(this.#end());
    return ended;
  }

  /** Ends the line that has not, and its colours. */
  finish(): string[] {
    const ended = isBlank(this.#unfinished) ? [] : [this.#end()];
    this.#colors.reset();
    this.#unfinished = '';
    return ended;
  }

  #end(): string {
    const line = this.#unfinished;
    this.#colors.read(line);
    this.#unfinished = this.#colors.sequence;
    return line;
  }
}

function isBlank(line: string): boolean {
  return line === '' || /^(?:\x1b\[[0-9;:]*m)+$/.test(line);
}
