import { createSanitizer, type Sanitizer } from '@prefish/screen';
import type { OutputBlock, OutputLine } from './blocks.ts';

/** How many lines a block has at most: what is drawn anew when one is added. */
const blockLines = 40;
/** What is shown of a line, in characters. */
const longestLine = 4000;
/** How many sequences a style is remembered by. */
const styleLength = 12;

/** Turns the text of one stream, cut anywhere, into blocks of lines. */
export class OutputLines {
  readonly #sanitizer: Sanitizer = createSanitizer();
  #style: string[] = [];
  #block: OutputBlock | undefined;
  /** The last line goes on. */
  #open = false;
  /** A carriage return came last: what follows takes the place of the line. */
  #returned = false;

  /** The block that is written to. */
  get block(): OutputBlock | undefined {
    return this.#block;
  }

  /** Something else came in between: what follows is a block of its own. */
  interrupt(): void {
    this.#block = undefined;
    this.#open = false;
  }

  /** Adds text. `create` makes the blocks that it needs. */
  add(text: string, create: (style: string) => OutputBlock): void {
    const parts = text.split('\n');
    for (const [index, part] of parts.entries()) {
      const ends = index < parts.length - 1;
      if (part !== '' || ends) this.#write(part, create);
      if (ends) {
        // A string sequence ends with the line at the latest: the sanitiser is told of it.
        this.#sanitizer.write('\n');
        this.#open = false;
        this.#returned = false;
      }
    }
  }

  #write(part: string, create: (style: string) => OutputBlock): void {
    if (!this.#open) {
      if (this.#block === undefined || this.#block.lines.length >= blockLines) {
        this.#block = create(this.#style.join(''));
      }
      this.#block.lines.push({ text: '', more: 0 });
      this.#open = true;
    }
    const block = this.#block!;
    for (const [index, text] of part.split('\r').entries()) {
      if (index > 0) this.#returned = true;
      if (text !== '') this.#put(text, block.lines.at(-1)!);
    }
    block.revision++;
  }

  /** A carriage return goes back to the beginning of the line, as a progress bar does; before the end of one it changes nothing. */
  #put(text: string, line: OutputLine): void {
    if (this.#returned) {
      line.text = '';
      line.more = 0;
      this.#returned = false;
    }
    const clean = this.#sanitizer.write(text);
    extend(line, clean);
    this.#remember(clean);
  }

  #remember(text: string): void {
    for (const [sequence] of text.matchAll(/\u001b\[[0-9;:]*m/g)) {
      if (/^\u001b\[0?m$/.test(sequence)) this.#style = [];
      else this.#style = [...this.#style, sequence].slice(-styleLength);
    }
  }
}

function extend(line: OutputLine, text: string): void {
  const room = longestLine - line.text.length;
  if (text.length <= room) line.text += text;
  else {
    if (room > 0) line.text += text.slice(0, room);
    line.more += text.length - Math.max(0, room);
  }
}
