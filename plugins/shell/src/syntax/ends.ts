/** Whether a line that is whole otherwise goes on because its last character says so. */
export function endsInBackslash(text: string): boolean {
  return /\\*$/.exec(text)![0].length % 2 === 1;
}

/** Whether the end of a here-document is missing. In arithmetic, `<<` is something else. */
export function hasOpenDocument(text: string): boolean {
  if (text.includes('((')) return false;
  for (const begun of text.matchAll(/(?<!<)<<(-?)[ \t]*(["']?)([A-Za-z_]\w*)\2/g)) {
    const [start, dash, , end] = begun;
    const rows = text
      .slice(begun.index + start.length)
      .split('\n')
      .slice(1);
    if (!rows.some((row) => (dash === '' ? row : row.replace(/^\t+/, '')) === end)) return true;
  }
  return false;
}
