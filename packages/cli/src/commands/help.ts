import type { Outcome, PrefixInfo, ShellView } from '@prefish/core';
import { textWidth } from '@prefish/screen';
import { beside, type Row } from './help-layout.ts';
import { outside } from './ranks.ts';

/** What can be typed at the prompt, for a screen of so many columns. */
export function help(shell: ShellView, columns: number = Infinity): Outcome {
  const { prefixes } = shell;
  const commands = shell.commands.map(rowOf);
  const message = [
    'The first characters of a line say where it goes:',
    ...beside(prefixRows(prefixes), columns),
    '',
    'Commands:',
    ...beside([...shell.commands.filter(isWithin).map(rowOf), ...rowOfOthers(shell)], columns),
    '',
    ...beside(
      [
        { name: '/help X', summary: 'tells all about one of them' },
        { name: '/help prompt', summary: 'tells the keys' },
        { name: '\\', summary: 'before any of them makes the line plain text' },
        { name: 'Tab', summary: 'completes' },
        { name: 'Ctrl+D, exit', summary: 'leaves' },
      ],
      columns,
    ),
  ].join('\n');
  return { type: 'ok', message, data: { prefixes, commands } };
}

type Listed = ShellView['commands'][number];

function isWithin({ rank = 0 }: Listed): boolean {
  return rank < outside;
}

function rowOf({ name, summary }: Listed): Row {
  return { name: `/${name}`, summary };
}

/** One row for all that nobody needs in the middle of a session. */
function rowOfOthers({ commands }: Pick<ShellView, 'commands'>): readonly Row[] {
  const others = commands.filter((command) => !isWithin(command));
  if (others.length === 0) return [];
  const names = others.map(({ name }) => `prefish ${name}`).join(', ');
  return [{ name: '…', summary: `outside of the shell: ${names}` }];
}

/** A row for each prefix: its token, its id, what it does. */
export function prefixRows(prefixes: readonly PrefixInfo[]): Row[] {
  const width = Math.max(0, ...prefixes.map((prefix) => textWidth(shownToken(prefix))));
  return prefixes.map((prefix) => ({
    name: `${shownToken(prefix).padEnd(width)}  ${prefix.id}`,
    summary: prefix.summary,
    example: prefix.examples[0],
  }));
}

/** The token of a prefix; plain text has none. */
export function shownToken({ token }: Pick<PrefixInfo, 'token'>): string {
  return token === '' ? '(text)' : token;
}
