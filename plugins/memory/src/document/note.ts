import type { Line } from './lines.ts';

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

/** Every list item that says what `note` says, whatever its bullet and its spaces. */
export function findNotes(lines: readonly Line[], note: string): readonly NoteRange[] {
  const wanted = noteLines(note).map(normal);
  const found: NoteRange[] = [];
  for (let first = 0; first + wanted.length <= lines.length; first += 1) {
    const end = first + wanted.length;
    const same = wanted.every((text, index) => {
      const candidate = lines[first + index]!.text;
      return normal(index === 0 ? candidate.replace(/^[*+](?=[ \t])/, '-') : candidate) === text;
    });
    if (same && !continues(lines[end])) found.push({ first, end });
  }
  return found;
}

/** Whether a line goes on with the list item above it. */
export function continues(line: Line | undefined): boolean {
  return line !== undefined && /^[ \t]+[^ \t]/.test(line.text);
}

// Not trim() and \s, for which a byte of a UTF-8 character may be a space (see edit.ts).
function normal(text: string): string {
  return text.replaceAll(/[ \t]+/g, ' ').replaceAll(/^ | $/g, '');
}
