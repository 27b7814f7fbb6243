import type { ArgsSpec, Command, Positional, ShellView } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import yargs, { type Argv } from 'yargs';
import { version } from '../installation.ts';
import { globalOptions } from './global-options.ts';

type Registered = ShellView['commands'];

/**
 * Describes the commands of a shell to yargs, which writes help and knows what an unknown
 * command may have meant. The kernel reads the words of a command that runs, inside the shell
 * and outside, so nothing is ever parsed by two rules.
 */
function describeCommandLine(words: readonly string[], commands: Registered): Argv {
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
    .wrap(Math.min(100, process.stdout.columns ?? 100));
  for (const [name, option] of Object.entries(globalOptions)) parser.option(name, option);
  for (const command of commands) addCommand(parser, command);
  return parser.demandCommand(1, '').epilogue(`prefish ${version}`);
}

function addCommand(parser: Argv, command: Command): void {
  parser.command({
    command: [command.name, ...(command.positionals ?? []).map(positionalPattern)].join(' '),
    aliases: command.aliases ?? [],
    describe: command.summary,
    builder: (inner) => {
      for (const name of Object.keys(globalOptions)) if (name !== 'json') inner.hide(name);
      for (const [name, option] of Object.entries(command.args ?? {}))
        inner.option(name, describeOption(option));
      for (const below of command.subcommands ?? []) addCommand(inner, below);
      for (const example of command.examples ?? []) inner.example(example, '');
      return inner.usage(usage(command));
    },
    handler: () => {},
  });
}

function usage(command: Command): string {
  return `$0 ${command.name}${(command.positionals ?? []).map((positional) => ` ${positionalPattern(positional)}`).join('')}\n\n${command.summary}`;
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
  if (name !== undefined && !shell.commands.some(({ name: known }) => known === name)) {
    throw await unknownCommandError(name, shell.commands);
  }
  const help = await describeCommandLine(words, shell.commands).getHelp();
  if (words.length > 0) return help;
  const prefixes = shell.prefixes.map(({ token, summary }) => `  ${token.padEnd(4)}${summary}`);
  return `The first characters of a line say where it goes:\n${prefixes.join('\n')}\n\n${help}`;
}

/** Why there is no such command, with the one that may have been meant. */
export async function unknownCommandError(name: string, commands: Registered): Promise<PrefishError> {
  let said = '';
  try {
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
  return new PrefishError('PREFISH_UNKNOWN_COMMAND', `There is no command "${name}"`, {
    hint:
      meant === undefined
        ? 'prefish --help lists them. A line to run goes behind -c.'
        : `Did you mean ${meant}?`,
  });
}
