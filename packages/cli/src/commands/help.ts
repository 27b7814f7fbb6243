import type { Outcome, ShellView } from '@prefish/core';

/** What can be typed at the prompt. */
export function help(shell: ShellView): Outcome {
  const prefixes = shell.prefixes.map(({ token, summary, examples }) => ({
    name: token,
    summary: examples.length === 0 ? summary : `${summary} (${examples[0]})`,
  }));
  const commands = shell.commands.map(({ name, summary }) => ({ name: `/${name}`, summary }));
  const width = Math.max(...[...prefixes, ...commands].map(({ name }) => name.length));
  const rows = (entries: typeof prefixes): string[] =>
    entries.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  const message = [
    'The first characters of a line say where it goes:',
    ...rows(prefixes),
    '',
    'Commands:',
    ...rows(commands),
    '',
    'A \\ before any of these makes the line plain text. Ctrl+D leaves.',
  ].join('\n');
  return { type: 'ok', message, data: { prefixes: shell.prefixes, commands } };
}
