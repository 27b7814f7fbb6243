import type { Line } from './lines.ts';

/** The title of the section that holds the notes. */
export const sectionTitle = 'Remember';

/** A range of lines: from its heading up to, not including, `end`. */
export interface Section {
  readonly heading: number;
  readonly end: number;
}

const ownHeading = new RegExp(`^##[ \\t]+${sectionTitle}[ \\t]*#*[ \\t]*$`);
const sameOrHigherHeading = /^#{1,2}(?:[ \t]|$)/;
const underline = /^(?:=+|-+)[ \t]*$/;
const paragraph = /^[^ \t#>*+-]/;

/**
 * The section of the notes, if there is one: it ends at the next heading of its level or above.
 * Headings in fenced code are none (https://spec.commonmark.org/0.31.2/#fenced-code-blocks).
 * Indented lines are taken to belong to a list item, as the further lines of a note do.
 */
export function findSection(lines: readonly Line[]): Section | undefined {
  let fence: string | undefined;
  let heading: number | undefined;
  for (const [index, { text }] of lines.entries()) {
    const marker = /^(?:`{3,}|~{3,})/.exec(text)?.[0];
    if (fence !== undefined) {
      if (marker?.startsWith(fence) && /^[`~]+[ \t]*$/.test(text)) fence = undefined;
    } else if (marker !== undefined) {
      fence = marker;
    } else if (heading === undefined) {
      if (ownHeading.test(text)) heading = index;
    } else if (sameOrHigherHeading.test(text)) {
      return { heading, end: index };
    } else if (underline.test(text) && index > heading + 1 && paragraph.test(lines[index - 1]!.text)) {
      return { heading, end: index - 1 };
    }
  }
  return heading === undefined ? undefined : { heading, end: lines.length };
}
