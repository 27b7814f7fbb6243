import type { ArgsSpec, Command, Positional, ShellView } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import yargs, { type Argv } from 'yargs';
import { ownStreams } from '../containment/own-streams.ts';
import { version } from '../installation.ts';
import { globalOptions } from './global-options.ts';
import { beside } from './help-layout.ts';
import { helpOfPrefix } from './help-topic.ts';
import { prefixRows } from './help.ts';

/**
 * Describes the commands of a shell to yargs, which writes help and knows what an unknown
 * command may have meant. The kernel reads the words of a command that runs, inside the shell
 * and outside, so nothing is ever parsed by two rules.
 */
function describeCommandLine(words: readonly string[], commands: readonly Command[]): Argv {
  const parser = yargs([...words])
    .scriptName('prefish')
    .usage('$0 [options]\n$0 -c LINE\n$0 COMMAND')
    .version(false)
    .help('help')
    .alias('help', 'h')
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
    })
    .exitProcess(false)
    .showHelpOnFail(false)
    .recommendCommands()
    .strict()
    .wrap(Math.min(100, ownStreams.stdout.columns ?? 100));
  for (const [name, option] of Object.entries(globalOptions)) parser.option(name, option);
  for (const command of commands) addCommand(parser, command);
  return parser.demandCommand(1, '').epilogue(`prefish ${version}`);
}

/** Describes `command`, which stands below `above`: nothing, or `tasks ` for `tasks ls`. */
function addCommand(parser: Argv, command: Command, above = ''): void {
  parser.command({
    command: [command.name, ...(command.positionals ?? []).map(positionalPattern)].join(' '),
    aliases: command.aliases ?? [],
    describe: command.summary,
    builder: (inner) => {
      for (const name of Object.keys(globalOptions)) if (name !== 'json') inner.hide(name);
      for (const [name, option] of Object.entries(command.args ?? {}))
        inner.option(name, describeOption(option));
      for (const below of command.subcommands ?? []) addCommand(inner, below, `${above}${command.name} `);
      for (const example of command.examples ?? []) inner.example(example, '');
      return inner.usage(usage(command, above));
    },
    handler: () => {},
  });
}

function usage({ name, positionals = [], args = {}, summary }: Command, above: string): string {
  const valued = Object.entries(args).filter(([, { type }]) => type !== 'boolean');
  const words = [
    `$0 ${above}${name}`,
    ...positionals.map(positionalPattern),
    ...valued.map(([option, { placeholder }]) => `[--${option} ${placeholder ?? option.toUpperCase()}]`),
  ];
  return `${words.join(' ')}\n\n${summary}`;
}

function positionalPattern({ name, optional, variadic }: Positional): string {
  const word = variadic ? `${name}..` : name;
  return optional ? `[${word}]` : `<${word}>`;
}

function describeOption(option: ArgsSpec[string]): object {
  const { type, short, multiple, summary, default: preset } = option;
  return {
    type,
    describe: summary ?? '',
    ...(short === undefined ? {} : { alias: short }),
    ...(multiple ? { array: true } : {}),
    ...(preset === undefined ? {} : { default: preset }),
  };
}

/** The help for the command that `words` name, or for prefish. */
export async function helpText(words: readonly string[], shell: ShellView): Promise<string> {
  const [name] = words;
  const columns = ownStreams.stdout.columns;
  const prefix = words.length === 1 ? helpOfPrefix(name!, shell, columns) : undefined;
  if (
    name !== undefined &&
    !shell.commands.some((each) => each.name === name || each.aliases?.includes(name))
  ) {
    if (prefix !== undefined) return prefix;
    throw await unknownCommandError(name, shell);
  }
  const help = await describeCommandLine(words, shell.commands).getHelp();
  if (words.length > 0) return prefix === undefined ? help : `${prefix}\n\n${help}`;
  const rows = beside(prefixRows(shell.prefixes), columns).join('\n');
  return `The first characters of a line say where it goes:\n${rows}\n\n${help}`;
}

/** Why there is no such command, with the one, or the line, that may have been meant. */
export async function unknownCommandError(name: string, shell: ShellView): Promise<PrefishError> {
  return new PrefishError('PREFISH_UNKNOWN_COMMAND', `There is no command "${name}"`, {
    hint: await whatWasMeant(name, shell),
  });
}

async function whatWasMeant(name: string, { prefixes, commands }: ShellView): Promise<string> {
  const behind = 'A line to run goes behind -c';
  if (prefixes.some(({ token }) => token !== '' && name.startsWith(token))) {
    return `${behind}: prefish -c '${name.replaceAll("'", String.raw`'\''`)}'`;
  }
  const meant = await nameMeant(
    name,
    commands.map((command) => command.name),
  );
  return meant === undefined ? `prefish --help lists them. ${behind}.` : `Did you mean ${meant}?`;
}

/** The one of `names` that somebody who wrote `name` may have meant. */
export async function nameMeant(name: string, names: readonly string[]): Promise<string | undefined> {
  let said = '';
  try {
    const commands = names.map((each): Command => ({ name: each, summary: '', run: () => ({ type: 'ok' }) }));
    await describeCommandLine([], commands)
      .fail((message: string) => {
        said ||= message;
        throw new Error(message);
      })
      .parseAsync([name]);
  } catch {
    // The complaint has been noted.
  }
  const meant = /Did you mean (.+?)\?/.exec(said)?.[1];
  // yargs takes short words for alike that have hardly a letter in common.
  return meant !== undefined && (meant[0] === name[0] || meant.at(-1) === name.at(-1)) ? meant : undefined;
}
