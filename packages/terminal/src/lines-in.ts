import type { Shell } from '@prefish/core';

/** A text of more rows was not written as lines for a prompt. */
const maxRows = 200;

/**
 * The lines that a text is when Enter is pressed. A text of which each row begins with a token is as many
 * lines; where one of them lacks its end, as an open quotation does, the rows below belong to it. Every other
 * text is one line; none while its end is missing.
 */
export function linesIn(
  shell: Pick<Shell, 'explain' | 'isComplete'>,
  text: string,
  prefix: string | undefined,
): readonly string[] | Promise<readonly string[]> {
  if (prefix === undefined && /\n\s*\S/.test(text)) return severalIn(shell, text);
  const isComplete = shell.isComplete(text, prefix === undefined ? {} : { prefix });
  if (typeof isComplete === 'boolean') return isComplete ? [text] : [];
  return isComplete.then((is) => (is ? [text] : []));
}

async function severalIn(
  shell: Pick<Shell, 'explain' | 'isComplete'>,
  text: string,
): Promise<readonly string[]> {
  const rows = text.split('\n', maxRows + 1);
  const lines: string[] = [];
  let begun: string | undefined;
  for (const row of rows.length > maxRows ? [] : rows) {
    if (begun === undefined && row.trim() === '') continue;
    if (begun === undefined && !beginsWithToken(shell, row)) {
      lines.length = 0;
      break;
    }
    begun = begun === undefined ? row : `${begun}\n${row}`;
    if (!(await shell.isComplete(begun))) continue;
    lines.push(begun);
    begun = undefined;
  }
  if (begun !== undefined) return [];
  if (lines.length > 1) return lines;
  return (await shell.isComplete(text)) ? [text] : [];
}

function beginsWithToken(shell: Pick<Shell, 'explain'>, row: string): boolean {
  const { prefix, command } = shell.explain(row);
  return command !== undefined || (prefix !== undefined && prefix.token !== '');
}
