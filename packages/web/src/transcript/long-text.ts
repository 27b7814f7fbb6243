/** How much of a text is one part, in characters: it is drawn anew whenever more is said. */
const most = 12 * 1024;

/**
 * The first part of a Markdown text that is longer than anybody reads at once, and the rest: cut between paragraphs,
 * or else between lines. Code that goes on is code in the rest as well. `undefined` where it need not be cut.
 */
export function cutText(text: string): { readonly part: string; readonly rest: string } | undefined {
  if (text.length <= most) return undefined;
  const paragraph = text.lastIndexOf('\n\n', most) + 2;
  const line = text.lastIndexOf('\n', most) + 1;
  const end = paragraph > most / 2 ? paragraph : line > 0 ? line : whole(text, most);
  const part = text.slice(0, end);
  const fence = openFence(part);
  const rest = text.slice(end);
  return { part, rest: fence === undefined ? rest : `${fence}\n${rest}` };
}

/** No half of a character stands alone. */
function whole(text: string, end: number): number {
  return /[\ud800-\udbff]/.test(text[end - 1]!) ? end - 1 : end;
}

/** The line that opens the code in which a text ends. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const [line, fence, info] of text.matchAll(/^ {0,3}(`{3,}|~{3,})(.*)$/gm)) {
    if (open === undefined) open = line;
    else if (fence!.startsWith(/[`~]+/.exec(open)![0]) && info!.trim() === '') open = undefined;
  }
  return open;
}
