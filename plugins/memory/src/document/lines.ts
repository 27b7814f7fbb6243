/** One line of a document: where it begins, where its text ends, and where the next line begins. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
  readonly text: string;
  /** `\n`, `\r\n`, or nothing for a last line that has no end. */
  readonly eol: string;
}

/** The lines of a text, each with its own line end. */
export function splitLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline + 1;
    const end = newline < 0 ? next : text[newline - 1] === '\r' && newline > start ? newline - 1 : newline;
    lines.push({ start, end, next, text: text.slice(start, end), eol: text.slice(end, next) });
    start = next;
  }
  return lines;
}
