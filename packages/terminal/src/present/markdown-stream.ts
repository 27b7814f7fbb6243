import type { Style } from '@prefish/screen';
import { TextFlow } from './text-flow.ts';

/** Shows text as it comes. Every method returns what can be shown now. */
export interface TextStream {
  write(text: string): string;
  /** Shows what was held back, and ends the line. */
  end(): string;
}

type Paint = (text: string) => string;

/** No more than this is held back to see what a line begins with. */
const longestStart = 200;
const bulletIndent = 2;

/**
 * Markdown as it is streamed: headings, lists, quotes, fenced code, rules, bold and code in lines,
 * words kept whole. Decided with a few characters at hand and never taken back; what it does not
 * know, tables and links among it, is shown as it was written.
 *
 * A library would have to be given each block again whenever it grows, and would show nothing of a
 * paragraph before its end.
 */
export class MarkdownStream implements TextStream {
  readonly #style: Style;
  readonly #flow: TextFlow;
  /** What a line begins with, until that says what it is. */
  #start: string | undefined = '';
  /** The characters that end the block of code that is open. */
  #fence: string | undefined;
  #line: Paint = same;
  #bold = false;
  /** The backticks that end the code that is open in the line. */
  #code = '';
  /** Markers whose meaning depends on what follows. */
  #held = '';
  #before = ' ';

  constructor(style: Style, columns: () => number) {
    this.#style = style;
    this.#flow = new TextFlow(columns);
  }

  write(text: string): string {
    let shown = '';
    for (const part of text.split(/(\n)/)) {
      if (part === '\n') shown += this.#endLine();
      else if (part !== '') shown += this.#part(part);
    }
    return shown;
  }

  end(): string {
    const rest = this.#start === undefined || this.#start === '' ? '' : this.#begin(this.#start);
    const shown = rest + this.#settleHeld(' ');
    return this.#flow.atLineStart ? shown : shown + this.#flow.newline();
  }

  #part(text: string): string {
    if (this.#start === undefined) return this.#inline(text);
    const start = this.#start + text;
    if (isUndecided(start, this.#fence !== undefined)) {
      this.#start = start;
      return '';
    }
    return this.#begin(start);
  }

  #endLine(): string {
    const { dim } = this.#style;
    const start = this.#start ?? '';
    let shown = '';
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(start);
    if (fence !== null && (this.#fence === undefined || closes(fence, this.#fence))) {
      this.#fence = this.#fence === undefined ? fence[1] : undefined;
      shown = this.#flow.addWhole(dim(start));
    } else if (this.#fence === undefined && /^ {0,3}([-*_])( *\1){2,} *$/.test(start)) {
      shown = this.#flow.addWhole(dim('───'));
    } else if (start !== '') {
      shown = this.#begin(start);
    }
    shown += this.#settleHeld(' ') + this.#flow.newline();
    this.#start = '';
    this.#line = same;
    this.#bold = false;
    this.#code = '';
    this.#before = ' ';
    return shown;
  }

  /** Shows the beginning of a line, and what kind of line it is. */
  #begin(start: string): string {
    const { bold, cyan, dim } = this.#style;
    this.#start = undefined;
    if (this.#fence !== undefined) return this.#flow.addWhole(cyan(start));
    const heading = /^ {0,3}#{1,6} +(.*)$/.exec(start);
    if (heading !== null) {
      this.#line = bold;
      return this.#inline(heading[1]!);
    }
    const [, space = '', mark = '', rest = ''] =
      /^( *)([-*+] |\d{1,9}[.)] |> ?|\|)(.*)$/.exec(start) ?? /^()()(.*)$/.exec(start)!;
    if (mark === '|') {
      this.#line = same;
      return this.#flow.addWhole(start);
    }
    const shownMark = /^[-*+] /.test(mark) ? '• ' : mark.startsWith('>') ? dim('│ ') : mark;
    const isMarked = mark !== '';
    this.#flow.indent(space.length + (isMarked ? Math.max(mark.length, bulletIndent) : 0));
    return (isMarked ? this.#flow.addWhole(space + shownMark) : '') + this.#inline(rest);
  }

  #inline(text: string): string {
    if (this.#fence !== undefined) return this.#flow.addWhole(this.#style.cyan(text));
    let shown = '';
    for (const token of text.match(/[*`\\]|[^*`\\]+/g) ?? []) {
      const isMarker = token === '*' || token === '`' || token === '\\';
      if (isMarker && (this.#held === '' || (token !== '\\' && this.#held[0] === token))) {
        this.#held += token;
        continue;
      }
      shown += this.#settleHeld(token[0]!);
      if (isMarker && this.#before !== '\\') this.#held = token;
      else shown += this.#show(token);
    }
    return shown;
  }

  /** Decides what the markers that were held back mean, now that the character after them is known. */
  #settleHeld(next: string): string {
    const held = this.#held;
    if (held === '') return '';
    this.#held = '';
    if (held === '\\') {
      if (this.#code !== '' || !/[!-/:-@[-`{-~]/.test(next)) return this.#show(held);
      this.#before = held;
      return '';
    }
    if (held.startsWith('`')) {
      if (this.#code !== '' && this.#code !== held) return this.#show(held);
      this.#code = this.#code === '' ? held : '';
      return '';
    }
    const opens = !this.#bold && /\S/.test(next) && !/[\p{L}\p{N}]/u.test(this.#before);
    const isClosing = this.#bold && /\S/.test(this.#before);
    if (this.#code !== '' || held.length !== 2 || !(opens || isClosing)) return this.#show(held);
    this.#bold = opens;
    return '';
  }

  #show(text: string): string {
    this.#before = text.at(-1)!;
    const { bold, cyan } = this.#style;
    const paint = this.#code !== '' ? cyan : this.#bold ? bold : this.#line;
    return this.#flow.add(text, paint);
  }
}

function same(text: string): string {
  return text;
}

/** Whether a line that begins like this may still turn out to be another kind of line. */
function isUndecided(start: string, isCode: boolean): boolean {
  if (start.length > longestStart) return false;
  if (/^ {0,3}(`{1,2}|~{1,2}|`{3,}[^`]*|~{3,}.*)$/.test(start)) return true;
  return /^ *$/.test(start) || (!isCode && /^ *(#{1,6}|[-*_]( *[-*_])*|\+|\d{1,9}[.)]?|>) *$/.test(start));
}

function closes([, marks, info]: RegExpExecArray, fence: string): boolean {
  return marks!.startsWith(fence) && info!.trim() === '';
}

/** Text in one colour as it is streamed, words kept whole. */
export class PaintedStream implements TextStream {
  readonly #paint: Paint;
  readonly #flow: TextFlow;

  constructor(paint: Paint, columns: () => number) {
    this.#paint = paint;
    this.#flow = new TextFlow(columns);
  }

  write(text: string): string {
    return text
      .split(/(\n)/)
      .map((part) => (part === '\n' ? this.#flow.newline() : this.#flow.add(part, this.#paint)))
      .join('');
  }

  end(): string {
    return this.#flow.atLineStart ? '' : this.#flow.newline();
  }
}

/** Text as it is streamed, for whoever reads no colours: nothing but the line at its end is added. */
export class PlainStream implements TextStream {
  #last = '\n';

  write(text: string): string {
    this.#last = text.at(-1) ?? this.#last;
    return text;
  }

  end(): string {
    return this.#last === '\n' ? '' : '\n';
  }
}
