/**
 * The command of a line that ends in `&`, without that; `undefined` for every other line. The `&` has to
 * be the shell's own operator: not a part of `&&` or of a redirection, not quoted, not in a comment. A line
 * with a here-document is left to the shell, for what ends it may be a part of the document.
 */
export function backgroundCommand(line: string): string | undefined {
  const trimmed = line.trimEnd();
  if (!trimmed.endsWith('&')) return undefined;
  const command = trimmed.slice(0, -1);
  if (command.trim() === '' || /[&<>|\\;]$/.test(command) || !isOpenAt(command)) return undefined;
  return command.trim();
}

/** Whether what follows `text` is read as the shell's own words: no quotation, comment or here-document goes on. */
function isOpenAt(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') at += 1;
    else if (character === "'" || character === '"' || character === '`') {
      const end = closing(text, at + 1, character, text[at - 1] === '$');
      if (end === -1) return false;
      at = end;
    } else if (character === '#' && (at === 0 || /[\s;&|()]/.test(text[at - 1]!))) {
      const end = text.indexOf('\n', at);
      if (end === -1) return false;
      at = end;
    } else if (text.startsWith('<<<', at)) at += 2;
    else if (text.startsWith('<<', at)) return false;
  }
  return true;
}

/** Where a quotation ends that began before `from`. Between plain single quotes a backslash is itself. */
function closing(text: string, from: number, quote: string, dollar: boolean): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\' && (quote !== "'" || dollar)) at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}
