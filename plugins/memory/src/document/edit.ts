import { splitLines, type Line } from './lines.ts';
import { continues, findDuplicate, findNotes, noteLines } from './note.ts';
import { outline } from './section.ts';

// Documents are edited as bytes, so that what is no UTF-8 stays as it is: each character of the
// strings here is one byte of the file ("latin1"), of the note and the title too.

/** What adding a note to a document comes to. */
export type Addition =
  | {
      readonly kind: 'duplicate';
      /** Of the note's first line; counts from 1. */
      readonly line: number;
      /** The note that is there. */
      readonly known: string;
    }
  | (Inserted & {
      readonly kind: 'added';
      readonly text: string;
      /** Of the note's first line; counts from 1. */
      readonly line: number;
    });

/** What was put into a document for a note. */
export interface Inserted {
  readonly inserted: string;
  /** Whether the section was made for the note. */
  readonly newSection: boolean;
}

const byteOrderMark = '\u00EF\u00BB\u00BF';

/**
 * Adds a note at the end of the section called `title`, which is made at the end of the document when
 * absent. Nothing else changes: line ends are the document's own, and a document whose last line
 * has no end goes on to have none.
 */
export function addNote(document: string, note: string, title: string): Addition {
  const [mark, text] = splitMark(document);
  const lines = splitLines(text);
  const known = findDuplicate(lines, note);
  if (known !== undefined) {
    return { kind: 'duplicate', line: known.first + 1, known: lines[known.first]!.text.trim() };
  }

  const { section, closing } = outline(lines, title);
  let last = (section?.end ?? lines.length) - 1;
  if (section !== undefined) while (isBlank(lines[last]!)) last -= 1;
  const before = lines[last];
  const item = noteLines(note);
  const block = [
    ...(closing !== undefined
      ? [closing, '']
      : before !== undefined && needsGap(before, section !== undefined)
        ? ['']
        : []),
    ...(section === undefined ? [`## ${title}`, ''] : []),
    ...item,
  ];
  const eol = before?.eol || lines[0]?.eol || '\n';
  const inserted = before?.eol === '' ? eol + block.join(eol) : block.join(eol) + eol;
  const at = before?.next ?? 0;
  return {
    kind: 'added',
    text: mark + text.slice(0, at) + inserted + text.slice(at),
    line: last + 2 + block.length - item.length,
    inserted,
    newSection: section === undefined,
  };
}

/** The document without a note that was put in; nothing when it does not hold the note any more. */
export function removeNote(
  document: string,
  note: string,
  { inserted, newSection }: Inserted,
): string | undefined {
  const [mark, text] = splitMark(document);
  const start = text.lastIndexOf(inserted);
  const end = start + inserted.length;
  // A section that was made for the note goes with it, unless there is more in it by now.
  const asPutIn = end === text.length || !newSection;
  if (start >= 0 && asPutIn && isWhole(text, start, end))
    return mark + text.slice(0, start) + text.slice(end);
  const lines = splitLines(text);
  const range = findNotes(lines, note).at(-1);
  if (range === undefined) return undefined;
  return mark + text.slice(0, lines[range.first]!.start) + text.slice(lines[range.end - 1]!.next);
}

/** How many notes the section of a document holds. */
export function countNotes(document: string, title: string): number {
  const lines = splitLines(splitMark(document)[1]);
  const { section } = outline(lines, title);
  if (section === undefined) return 0;
  return lines.slice(section.heading, section.end).filter(({ text }) => /^[-*+][ \t]/.test(text)).length;
}

function splitMark(document: string): [mark: string, text: string] {
  return document.startsWith(byteOrderMark) ? [byteOrderMark, document.slice(3)] : ['', document];
}

/** Whether a range begins with a line or a line end, and no list item goes on behind it. */
function isWhole(text: string, start: number, end: number): boolean {
  const begins = start === 0 || text[start - 1] === '\n' || /[\r\n]/.test(text[start]!);
  return begins && !continues(splitLines(text.slice(end, end + 200))[0]);
}

function isBlank(line: Line): boolean {
  return /^[ \t]*$/.test(line.text);
}

/** Whether a blank line belongs between `before` and what follows it: always, except within a list. */
function needsGap(before: Line, inSection: boolean): boolean {
  if (isBlank(before)) return false;
  return !(inSection && (/^[-*+][ \t]/.test(before.text) || continues(before)));
}
