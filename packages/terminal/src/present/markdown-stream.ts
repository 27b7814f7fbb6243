import type { Style } from '@prefish/screen';
import type { MarkdownExtras } from './markdown/extras.ts';
import type { LineHighlighter } from './markdown/highlight.ts';
import { Inline } from './markdown/inline.ts';
import { formatTable, isTable } from './markdown/table.ts';
import { TextFlow } from './text-flow.ts';
import type { TextStream } from './text-stream.ts';

/** No more than this is held back to see what a line begins with. */
const longestStart = 200;
/** A table with more rows than this is shown in parts. */
const longestTable = 200;
const bulletIndent = 2;
const codeIndent = '  ';

/**
 * Markdown as it is streamed: headings, lists, quotes, fenced code, rules, bold, code and links in
 * lines, words kept whole. Decided with a few characters at hand and never taken back; only a table
 * and a line of highlighted code wait for their end. What it does not know is shown as it was written.
 *
 * A library would have to be given each block again whenever it grows, and would show nothing of a
 * paragraph before its end.
 */
export class MarkdownStream implements TextStream {
  readonly #style: Style;
  readonly #columns: () => number;
  readonly #extras: () => MarkdownExtras | undefined;
  readonly #flow: TextFlow;
  readonly #inline: Inline;
  /** What a line begins with, until that says what it is. */
  #start: string | undefined = '';
  /** The characters that end the block of code that is open. */
  #fence: string | undefined;
  #highlight: LineHighlighter | undefined;
  /** The rows of a table, until the one that is not its own. */
  #table: string[] = [];

  /** @param extras what is loaded by now; asked for when it is needed */
  constructor(
    style: Style,
    columns: () => number,
    extras: () => MarkdownExtras | undefined = () => undefined,
  ) {
    this.#style = style;
    this.#columns = columns;
    this.#extras = extras;
    this.#flow = new TextFlow(columns);
    this.#inline = new Inline(style, this.#flow, extras);
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
    return (this.#start === '' ? '' : this.#endLine()) + this.#endTable();
  }

  #part(text: string): string {
    if (this.#start === undefined)
      return this.#fence === undefined
        ? this.#inline.write(text)
        : this.#flow.addWhole(this.#style.cyan(text));
    const start = this.#start + text;
    if (this.#isUndecided(start)) {
      this.#start = start;
      return '';
    }
    return this.#endTable() + this.#begin(start);
  }

  /** Whether a line that begins like this waits for more: it may be another kind of line, or is shown as a whole. */
  #isUndecided(start: string): boolean {
    if (this.#fence !== undefined && this.#highlight !== undefined) return true;
    if (this.#fence === undefined && isRow(start)) return true;
    if (start.length > longestStart) return false;
    if (/^ {0,3}(`{1,2}|~{1,2}|`{3,}[^`]*|~{3,}.*)?$/.test(start)) return true;
    return (
      this.#fence === undefined && /^ *(?:> ?)*(#{1,6}|[-*_]( *[-*_])*|\+|\d{1,9}[.)]?|>)? *$/.test(start)
    );
  }

  #endLine(): string {
    const start = this.#start;
    this.#start = '';
    if (start === undefined) return this.#inline.endLine() + this.#flow.newline();
    const fence = /^ {0,3}(`{3,}|~{3,}) *([^\s`]*).*$/.exec(start);
    if (fence !== null && this.#fence === undefined) {
      this.#fence = fence[1]!;
      this.#highlight = this.#extras()?.highlighter(fence[2]!);
      return this.#endTable();
    }
    if (fence !== null && fence[1]!.startsWith(this.#fence!) && fence[2] === '') {
      this.#fence = undefined;
      this.#highlight = undefined;
      return '';
    }
    if (this.#fence === undefined && isRow(start)) {
      this.#table.push(start);
      return this.#table.length < longestTable ? '' : this.#endTable();
    }
    const shown = this.#endTable() + this.#wholeLine(start);
    this.#start = '';
    return shown + this.#inline.endLine() + this.#flow.newline();
  }

  #wholeLine(line: string): string {
    const isRule = this.#fence === undefined && /^ {0,3}([-*_])( *\1){2,} *$/.test(line);
    if (isRule) return this.#flow.addWhole(this.#style.dim('───'));
    return line === '' ? '' : this.#begin(line);
  }

  /** Shows the beginning of a line, and what kind of line it is. */
  #begin(start: string): string {
    const { bold, cyan, dim } = this.#style;
    this.#start = undefined;
    if (this.#fence !== undefined) return this.#flow.addWhole(codeIndent + (this.#highlight ?? cyan)(start));
    const quote = /^ {0,3}(?:> ?)+/.exec(start)?.[0] ?? '';
    const bars = dim('│ ').repeat(quote.replaceAll(/[^>]/g, '').length);
    const text = start.slice(quote.length);
    const heading = /^ {0,3}#{1,6} +(.*)$/.exec(text);
    if (heading !== null) this.#inline.begin(bold);
    const [, space = '', mark = '', rest = ''] = (heading === null
      ? /^( *)([-*+] |\d{1,9}[.)] )(.*)$/.exec(text)
      : null) ?? ['', '', '', heading?.[1] ?? text];
    const isMarked = mark !== '';
    const indent = isMarked
      ? space.length + Math.max(mark.length, bulletIndent)
      : /^ */.exec(rest)![0].length;
    this.#flow.indent(bars + ' '.repeat(indent));
    const shownMark = /^[-*+] /.test(mark) ? '• ' : mark;
    const lead = bars + (isMarked ? space + shownMark : '');
    return (lead === '' ? '' : this.#flow.addWhole(lead)) + this.#inline.write(rest);
  }

  /** Shows the rows that were held back, in columns where they are a table. */
  #endTable(): string {
    const rows = this.#table;
    if (rows.length === 0) return '';
    this.#table = [];
    const style = this.#style;
    const lines = isTable(rows)
      ? formatTable(rows, this.#columns(), { style, inline: (cell) => this.#cell(cell) })
      : rows;
    return lines.map((line) => this.#flow.addWhole(line) + this.#flow.newline()).join('');
  }

  /** A cell is measured, so its links are written out. */
  #cell(text: string): string {
    const flow = new TextFlow(() => Infinity);
    const inline = new Inline(this.#style, flow);
    return (inline.write(text) + inline.endLine() + flow.newline()).trimEnd();
  }
}

function isRow(line: string): boolean {
  return /^ {0,3}\|/.test(line);
}
