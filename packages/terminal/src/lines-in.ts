import type { Shell } from '@prefish/core';

/** So long, in milliseconds, Enter may wait for all rows together. */
const deadlineMs = 300;

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
  const isComplete = withinDeadline(shell);
  const lines: string[] = [];
  let begun: string | undefined;
  for (const row of text.split('\n')) {
    if (begun === undefined && row.trim() === '') continue;
    if (begun === undefined && !beginsWithToken(shell, row)) {
      lines.length = 0;
      break;
    }
    begun = begun === undefined ? row : `${begun}\n${row}`;
    if (!(await isComplete(begun))) continue;
    lines.push(begun);
    begun = undefined;
  }
  if (begun !== undefined) return [];
  if (lines.length > 1) return lines;
  return (await isComplete(text)) ? [text] : [];
}

/** As `isComplete` of `shell`, until the time for all answers is over: then every line is. */
function withinDeadline(shell: Pick<Shell, 'isComplete'>): (line: string) => boolean | Promise<boolean> {
  const endsAt = performance.now() + deadlineMs;
  return (line) => {
    const leftMs = endsAt - performance.now();
    const answer = leftMs <= 0 || shell.isComplete(line);
    if (typeof answer === 'boolean') return answer;
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(true), leftMs);
      void answer.then(resolve).finally(() => clearTimeout(late));
    });
  };
}

function beginsWithToken(shell: Pick<Shell, 'explain'>, row: string): boolean {
  const { prefix, command } = shell.explain(row);
  return command !== undefined || (prefix !== undefined && prefix.token !== '');
}
