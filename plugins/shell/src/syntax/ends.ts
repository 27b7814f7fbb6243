/**
 * A line that is whole otherwise may go on because of a backslash at its end: then a quote in its place is an
 * open one. In a comment it is none.
 */
export function quoteForBackslash(text: string): string[] {
  const isOdd = /\\*$/.exec(text)![0].length % 2 === 1;
  return isOdd ? [`${text.slice(0, -1)}'`] : [];
}

/** A mistake in the row behind a line: without it, that row belongs to a here-document. */
export function mistakeBehind(text: string): string {
  return `${text}\n)`;
}
