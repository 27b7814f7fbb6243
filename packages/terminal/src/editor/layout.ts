import { cellsOf, textWidth, type Cursor } from '@prefish/screen';

const tabStop = 8;

/** The rows of an edited line, and where the cursor stands in them. */
export interface Layout {
  readonly rows: readonly string[];
  readonly cursor: Cursor;
}

/** What {@link layOut} arranges. */
export interface LayoutOptions {
  readonly prompt: string;
  /** What stands in place of the prompt before the further lines of `text`, as wide as that. Default: spaces. */
  readonly further?: string;
  readonly text: string;
  /** A UTF-16 offset in `text`. */
  readonly cursor: number;
  readonly columns: number;
  readonly height: number;
}

/** Arranges `text` behind `prompt` in rows of `columns`; at most `height` of them, those around the cursor. */
export function layOut(options: LayoutOptions): Layout {
  const { prompt, columns } = options;
  const indent = textWidth(prompt);
  const further = options.further ?? ' '.repeat(indent);
  const { text, cursor: target, isStart, isRowStart } = around(options, indent);
  const rows: string[] = [];
  let row = isStart ? prompt : isRowStart ? further : '';
  let column = isRowStart ? indent : 0;
  let at: Cursor | undefined;
  const close = (next: string, width: number): void => {
    rows.push(row);
    row = next;
    column = width;
  };
  let offset = 0;
  const mark = (): void => {
    if (at !== undefined || offset < target) return;
    if (column >= columns) close('', 0);
    at = { row: rows.length, column };
  };
  for (const cell of cellsOf(text)) {
    mark();
    if (cell.text === '\n') {
      close(further, indent);
    } else {
      const width = cell.text === '\t' ? Math.min(tabStop - (column % tabStop), columns) : cell.width;
      if (column + width > columns) close('', 0);
      row += cell.text === '\t' ? ' '.repeat(width) : cell.text;
      column += width;
    }
    offset += cell.text.length;
  }
  mark();
  rows.push(row);
  const cursor = at ?? { row: rows.length - 1, column };
  const first = Math.max(0, cursor.row - options.height + 1);
  return {
    rows: rows.slice(first, first + options.height),
    cursor: { row: cursor.row - first, column: cursor.column },
  };
}

/**
 * The part of a text that decides what is seen of it: a pasted book is not arranged anew at each key.
 * It begins where a line does, or in a line of plain characters, where one of its rows does.
 */
function around(
  { text, cursor, columns, height }: LayoutOptions,
  indent: number,
): { text: string; cursor: number; isStart: boolean; isRowStart: boolean } {
  const seen = columns * height;
  if (text.length <= 4 * seen) return { text, cursor, isStart: true, isRowStart: true };
  const lineStart = startOfLine(text, cursor);
  let start = lineStart;
  for (let line = 1; line < height && start > 0; line++) start = startOfLine(text, start - 1);
  let skipped = 0;
  if (cursor - lineStart > 2 * seen) {
    const rows = Math.floor((cursor - lineStart - (columns - indent) - seen) / columns);
    const plain = columns - indent + rows * columns;
    if (/^[\x20-\x7e]*$/.test(text.slice(lineStart, lineStart + plain)))
      [start, skipped] = [lineStart, plain];
  }
  let end = Math.max(cursor, start);
  for (let line = 0; line < height && end < text.length; line++) {
    const next = text.indexOf('\n', end);
    end = next === -1 ? text.length : next + 1;
  }
  const from = start + skipped;
  return {
    text: text.slice(from, Math.min(end, cursor + 2 * seen)),
    cursor: cursor - from,
    isStart: from === 0,
    isRowStart: skipped === 0,
  };
}

function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}
