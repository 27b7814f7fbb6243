import type {
  ArgsSpec,
  Command,
  Outcome,
  Positional,
  PrefixInfo,
  ShellView,
  TeleportNeeds,
} from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { beside, fold, type Row } from './help-layout.ts';
import { shownToken } from './help.ts';

type OwnedCommand = ShellView['commands'][number];

/**
 * All about one prefix, by its id or a token of it, or one command, with what stands below it.
 *
 * @throws PREFISH_UNKNOWN_COMMAND with what may have been meant
 */
export async function helpAbout(
  words: readonly string[],
  shell: ShellView,
  columns: number = Infinity,
  backgroundKey?: string | false,
): Promise<Outcome> {
  const prefixes = words.length === 1 ? prefixesNamed(words[0]!, shell) : [];
  const command = commandNamed(words[0]!, shell);
  if (prefixes.length === 0 && command === undefined && words.length === 1 && words[0] === 'prompt') {
    return (await import('./help-prompt.ts')).helpPrompt(columns, backgroundKey);
  }
  if (prefixes.length === 0 && command === undefined) throw await unknownTopic(words[0]!, shell);
  const below = command === undefined ? undefined : await commandBelow(command, words);
  const message = [
    ...describePrefixes(prefixes, columns),
    ...(below === undefined ? [] : [describeCommand(below.command, below.path, command!.plugin, columns)]),
  ].join('\n\n');
  return {
    type: 'ok',
    message,
    data: {
      prefixes,
      commands: below === undefined ? [] : [{ name: below.path, summary: below.command.summary }],
    },
  };
}

/** What help tells of the prefix that a word names; nothing where it names none. */
export function helpOfPrefix(word: string, shell: ShellView, columns: number = Infinity): string | undefined {
  const described = describePrefixes(prefixesNamed(word, shell), columns);
  return described.length === 0 ? undefined : described.join('\n\n');
}

/** The prefixes of a token or an id, each with all of its tokens. */
function prefixesNamed(word: string, { prefixes }: ShellView): readonly PrefixInfo[] {
  const ids = prefixes
    .filter((prefix) => prefix.token === word || shownToken(prefix) === word || prefix.id === word)
    .map(({ id }) => id);
  return prefixes.filter(({ id }) => ids.includes(id));
}

function idsOf(prefixes: readonly PrefixInfo[]): string[] {
  return [...new Set(prefixes.map(({ id }) => id))];
}

function describePrefixes(prefixes: readonly PrefixInfo[], columns: number): string[] {
  return idsOf(prefixes).map((id) => {
    const tokens = prefixes.filter((prefix) => prefix.id === id);
    return describePrefix(tokens, columns);
  });
}

function describePrefix(tokens: readonly PrefixInfo[], columns: number): string {
  const [{ id, plugin, summary, sticky, args, teleport }] = tokens as [PrefixInfo];
  const written = tokens.map(shownToken).join('  ');
  const facts: Row[] = [
    { name: 'id', summary: id },
    { name: 'plugin', summary: plugin },
    ...(sticky
      ? [{ name: 'alone', summary: `${tokens[0]!.token} keeps it for the lines that follow, until Esc` }]
      : []),
    { name: 'task', summary: describeTeleport(teleport) },
    {
      name: 'rename',
      summary: `prefixes: { ${/^\w+$/.test(id) ? id : JSON.stringify(id)}: "…" } in a configuration; false switches it off`,
    },
  ];
  return [
    ...fold(`${written}  ${summary}`, columns),
    '',
    ...beside(facts, columns),
    ...section('Options, before anything else:', optionRows(args), columns),
    ...section('Examples:', [...new Set(tokens.flatMap((each) => each.examples))].map(plainRow), columns),
  ].join('\n');
}

function describeTeleport(teleport: false | TeleportNeeds): string {
  if (teleport === false) return 'its lines cannot run in the background';
  const { network, binaries = [], secrets = [] } = teleport;
  const needs = [
    ...(network === undefined || network === 'none' ? [] : [`network ${network}`]),
    ...binaries.map((binary) => `the program ${binary}`),
    ...(secrets.length === 0 ? [] : [`credentials (${secrets.join(', ')})`]),
  ];
  const need = needs.length === 0 ? '' : `; they need ${needs.join(', ')}`;
  return `its lines can run in the background${need}`;
}

function commandNamed(word: string, { commands }: ShellView): OwnedCommand | undefined {
  const wanted = word.replace(/^\//, '');
  return commands.find(({ name, aliases }) => name === wanted || aliases?.includes(wanted));
}

async function commandBelow(
  command: Command,
  [, ...words]: readonly string[],
): Promise<{ command: Command; path: string }> {
  let found = command;
  let path = command.name;
  for (const word of words) {
    const below = found.subcommands?.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (below === undefined) {
      const names = found.subcommands?.map(({ name }) => name) ?? [];
      throw new PrefishError('PREFISH_UNKNOWN_COMMAND', `There is nothing called "${word}" below /${path}`, {
        hint: names.length === 0 ? `/help ${path} says what it takes.` : `It has ${names.join(', ')}.`,
      });
    }
    found = below;
    path = `${path} ${below.name}`;
  }
  return { command: found, path };
}

function describeCommand(command: Command, path: string, plugin: string, columns: number): string {
  const { summary, aliases = [], positionals = [], args, subcommands = [], examples = [] } = command;
  const usage = [
    `/${path}`,
    ...positionals.map(positionalWord),
    ...(args === undefined ? [] : ['[options]']),
  ].join(' ');
  return [
    ...fold(`${usage}  ${summary}`, columns),
    '',
    ...beside(
      [
        { name: 'plugin', summary: plugin },
        ...(aliases.length === 0
          ? []
          : [{ name: 'also', summary: aliases.map((name) => `/${name}`).join('  ') }]),
      ],
      columns,
    ),
    ...section('Options:', optionRows(args), columns),
    ...section(
      `Below it, as in /${path} ${subcommands[0]?.name ?? ''}:`,
      subcommands.map(commandRow),
      columns,
    ),
    ...section('Examples:', examples.map(plainRow), columns),
  ].join('\n');
}

function commandRow({ name, positionals = [], summary }: Command): Row {
  return { name: [name, ...positionals.map(positionalWord)].join(' '), summary };
}

function positionalWord({ name, optional, variadic }: Positional): string {
  const word = variadic ? `${name}…` : name;
  return optional ? `[${word}]` : word;
}

function optionRows(args: ArgsSpec = {}): Row[] {
  return Object.entries(args).map(([name, { type, placeholder, short, summary = '' }]) => ({
    name: `${short === undefined ? '' : `-${short}, `}--${name}${type === 'boolean' ? '' : ` ${placeholder ?? name.toUpperCase()}`}`,
    summary,
  }));
}

function plainRow(name: string): Row {
  return { name, summary: '' };
}

function section(title: string, rows: readonly Row[], columns: number): string[] {
  return rows.length === 0 ? [] : ['', title, ...beside(rows, columns)];
}

async function unknownTopic(word: string, { prefixes, commands }: ShellView): Promise<PrefishError> {
  const { nameMeant } = await import('./command-line.ts');
  const names = [...commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]), ...idsOf(prefixes)];
  const meant = await nameMeant(word.replace(/^\//, ''), names);
  return new PrefishError('PREFISH_UNKNOWN_COMMAND', `There is no prefix or command "${word}"`, {
    hint: meant === undefined ? '/help lists them all.' : `Did you mean /help ${meant}?`,
  });
}
