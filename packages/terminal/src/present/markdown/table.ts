import { padEnd, textWidth, wrap, type Style } from '@prefish/screen';

/** Narrower columns than this are not read any more: the rows are shown one below the other then. */
const narrowest = 8;
const gap = ' │ ';

/** The cells of a row of a table; `\|` belongs to a cell. */
export function cellsOfRow(row: string): string[] {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** Whether the second of these rows makes them a table. */
export function isTable([, delimiter]: readonly string[]): boolean {
  return delimiter !== undefined && /^\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*$/.test(delimiter);
}

/** A table in columns, as narrow as its cells allow; its cells are shown by `inline`. */
export function formatTable(
  source: readonly string[],
  columns: number,
  { style, inline }: { readonly style: Style; readonly inline: (cell: string) => string },
): string[] {
  const [head = [], align = [], ...body] = source.map(cellsOfRow);
  const count = head.length;
  const rows = [head, ...body].map((row) =>
    Array.from({ length: count }, (_, index) => inline(row[index] ?? '')),
  );
  const widths = fit(
    Array.from({ length: count }, (_, index) => Math.max(1, ...rows.map((row) => textWidth(row[index]!)))),
    columns - gap.length * (count - 1),
  );
  if (widths === undefined) return asList(rows, style);
  const right = align.map((cell) => /^-+:$/.test(cell));
  const [first = [], ...rest] = rows.map((row, index) =>
    layOut(index === 0 ? row.map(boldWords(style)) : row, { widths, right, style }),
  );
  const rule = style.dim(widths.map((width) => '─'.repeat(width)).join('─┼─'));
  return [...first, rule, ...rest.flat()];
}

/** Takes from the widest columns what is too much; `undefined` when they would become too narrow. */
function fit(wanted: readonly number[], available: number): number[] | undefined {
  const widths = [...wanted];
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  for (; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= narrowest) return undefined;
    widths[widest]!--;
  }
  return widths;
}

/** Each word on its own, for a cell is broken between them. */
function boldWords({ bold }: Style): (cell: string) => string {
  return (cell) => cell.split(' ').map(bold).join(' ');
}

function layOut(
  row: readonly string[],
  {
    widths,
    right,
    style,
  }: { readonly widths: readonly number[]; readonly right: readonly boolean[]; readonly style: Style },
): string[] {
  const cells = row.map((cell, index) => wrapWords(cell, widths[index]!));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, index) => align(lines[line] ?? '', widths[index]!, right[index] === true))
      .join(style.dim(gap))
      .trimEnd(),
  );
}

function align(text: string, width: number, isRight: boolean): string {
  return isRight ? ' '.repeat(Math.max(0, width - textWidth(text))) + text : padEnd(text, width);
}

/** Each word carries its own colours, so lines may begin with any of them. */
function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (textWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const parts = wrap(word, width);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1)!;
  }
  return [...lines, line];
}

function asList([head = [], ...body]: readonly (readonly string[])[], style: Style): string[] {
  return body.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...row.map((cell, column) => `${style.bold(`${head[column]!}:`)} ${cell}`),
  ]);
}
