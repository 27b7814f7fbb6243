import type { Outcome, ShellView } from '@prefish/core';

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly example?: string | undefined;
}

/** What can be typed at the prompt, for a screen of so many columns. */
export function help(shell: ShellView, columns: number = Infinity): Outcome {
  const prefixes: Entry[] = shell.prefixes.map(({ token, summary, examples: [example] }) => ({
    name: token === '' ? '(text)' : token,
    summary,
    example,
  }));
  const commands: Entry[] = shell.commands.map(({ name, summary }) => ({ name: `/${name}`, summary }));
  const width = Math.max(...[...prefixes, ...commands].map(({ name }) => name.length));
  const row = ({ name, summary, example }: Entry): string => {
    const line = `  ${name.padEnd(width)}  ${summary}`;
    if (example === undefined) return line;
    const whole = `${line} (${example})`;
    return whole.length <= columns ? whole : `${line}\n${' '.repeat(width + 4)}${example}`;
  };
  const message = [
    'The first characters of a line say where it goes:',
    ...prefixes.map(row),
    '',
    'Commands:',
    ...commands.map(row),
    '',
    'A \\ before any of these makes the line plain text. Ctrl+D leaves.',
  ].join('\n');
  return { type: 'ok', message, data: { prefixes: shell.prefixes, commands } };
}
