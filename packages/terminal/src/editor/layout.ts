import { cellsOf, textWidth, type Cursor } from '@prefish/screen';

const tabStop = 8;

/** The rows of an edited line, and where the cursor stands in them. */
export interface Layout {
  readonly rows: readonly string[];
  readonly cursor: Cursor;
}

/** Arranges `text` behind `prompt` in rows of `columns`; at most `height` of them, those around the cursor. */
export function layOut(options: {
  readonly prompt: string;
  readonly text: string;
  readonly cursor: number;
  readonly columns: number;
  readonly height: number;
}): Layout {
  const { prompt, text, columns } = options;
  const indent = textWidth(prompt);
  const rows: string[] = [];
  let row = prompt;
  let column = indent;
  let at: Cursor | undefined;
  const close = (next: string, width: number): void => {
    rows.push(row);
    row = next;
    column = width;
  };
  let offset = 0;
  const mark = (): void => {
    if (at !== undefined || offset < options.cursor) return;
    if (column >= columns) close('', 0);
    at = { row: rows.length, column };
  };
  for (const cell of cellsOf(text)) {
    mark();
    if (cell.text === '\n') {
      close(' '.repeat(indent), indent);
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
  const first = Math.max(0, Math.min(cursor.row - options.height + 1, rows.length - options.height));
  return {
    rows: rows.slice(first, first + options.height),
    cursor: { row: cursor.row - first, column: cursor.column },
  };
}
