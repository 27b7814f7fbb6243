import type { Line } from './lines.ts';
import { LiteralBlocks } from './literal-blocks.ts';

/** A note as the lines of a Markdown list item: the first after its bullet, the others indented below it. */
export function noteLines(note: string): readonly string[] {
  const [first = '', ...rest] = note.replace(/[ \t\r\n]+$/, '').split(/\r\n|\r|\n/);
  return [`- ${first}`, ...rest.map((line) => (/^[ \t]*$/.test(line) ? '' : `  ${line}`))];
}

/** Which lines a note takes: from `first` up to, not including, `end`. */
export interface NoteRange {
  readonly first: number;
  readonly end: number;
}

/** The list items that are `note` word for word, whatever their bullet and their spaces. */
export function findNotes(lines: readonly Line[], note: string): readonly NoteRange[] {
  return findItems(lines, note, sameSpaces);
}

/** The first list item that says what `note` says, whatever its case, quotes and closing punctuation. */
export function findDuplicate(lines: readonly Line[], note: string): NoteRange | undefined {
  return findItems(lines, note, essence)[0];
}

/** Whether a line goes on with the list item above it. */
export function continues(line: Line | undefined): boolean {
  return line !== undefined && /^[ \t]+[^ \t]/.test(line.text);
}

const bullet = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+/;

function findItems(
  lines: readonly Line[],
  note: string,
  normal: (text: string) => string,
): readonly NoteRange[] {
  const [first = '', ...rest] = noteLines(note).map((text, index) =>
    normal(index === 0 ? text.slice('- '.length) : text),
  );
  const literal = new LiteralBlocks();
  const found: NoteRange[] = [];
  for (const [index, { text }] of lines.entries()) {
    if (literal.take(text)) continue;
    const mark = bullet.exec(text)?.[0];
    if (mark === undefined || normal(text.slice(mark.length)) !== first) continue;
    const end = index + 1 + rest.length;
    const same = rest.every((wanted, below) => {
      const line = lines[index + 1 + below];
      return line !== undefined && normal(line.text) === wanted;
    });
    if (same && !continues(lines[end])) found.push({ first: index, end });
  }
  return found;
}

// Not trim() and \s, for which a byte of a UTF-8 character may be a space (see edit.ts).
function sameSpaces(text: string): string {
  return text.replaceAll(/[ \t]+/g, ' ').replaceAll(/^ | $/g, '');
}

/** What a text says. C# stays another than C, `a.b` another than `ab`. */
function essence(text: string): string {
  const said = Buffer.from(text, 'latin1')
    .toString()
    .normalize()
    .toLowerCase()
    .replaceAll(/["'`“”„‘’«»]/g, '')
    .replaceAll(/(?<=[\p{L}\p{N})\]])[.,;:!?…]+(?=\s|$)/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return said === '' ? sameSpaces(text) : said;
}
