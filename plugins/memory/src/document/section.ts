import type { Line } from './lines.ts';
import { LiteralBlocks } from './literal-blocks.ts';

/** A range of lines: from its heading up to, not including, `end`. */
export interface Section {
  readonly heading: number;
  readonly end: number;
}

/** Where the notes of a document are, or could be put. */
export interface Outline {
  readonly section?: Section;
  /** What ends the code or the comment that runs on to the end of the document, because nothing does. */
  readonly closing?: string;
}

const anyHeading = /^(#{1,6})(?:[ \t]|$)/;
const underline = /^(?:(=+)|-+)[ \t]*$/;
const paragraph = /^[^ \t#>*+-]/;

/**
 * Finds the section under the heading `title`, of whatever level: it ends at the next heading of its
 * level or above. Headings in code and in comments are none. Indented lines are taken to belong to a
 * list item, as the further lines of a note do.
 */
export function outline(lines: readonly Line[], title: string): Outline {
  const literal = new LiteralBlocks();
  let start: number | undefined;
  let level = 0;
  /** The last line that is Markdown. */
  let before = -1;
  for (const [index, { text }] of lines.entries()) {
    if (literal.take(text)) continue;
    const adjoins = before === index - 1;
    before = index;
    if (start === undefined) {
      level = headingLevel(text, title);
      if (level > 0) start = index;
    } else if ((anyHeading.exec(text)?.[1]!.length ?? 7) <= level) {
      return { section: { heading: start, end: index } };
    } else if (endsAsUnderlined(text, level) && adjoins && isParagraph(lines[index - 1]!)) {
      return { section: { heading: start, end: index - 1 } };
    }
  }
  return {
    ...(start === undefined ? {} : { section: { heading: start, end: lines.length } }),
    ...(literal.closing === undefined ? {} : { closing: literal.closing }),
  };
}

/** The level of the heading `title`; 0 for any other line. */
function headingLevel(text: string, title: string): number {
  const [marks, level] = /^(#{1,6})[ \t]+/.exec(text) ?? [''];
  const rest = text.slice(marks.length);
  const isTitle = rest.startsWith(title) && /^(?:[ \t]+#+)?[ \t]*$/.test(rest.slice(title.length));
  return level !== undefined && isTitle ? level.length : 0;
}

/** Whether a line makes a heading, of `level` or above, of the paragraph before it. */
function endsAsUnderlined(text: string, level: number): boolean {
  const found = underline.exec(text);
  return found !== null && (found[1] === undefined ? 2 : 1) <= level;
}

function isParagraph(line: Line): boolean {
  return paragraph.test(line.text);
}
