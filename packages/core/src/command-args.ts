import { parseArgs } from 'node:util';
import { errorMessage, PrefishError } from '@prefish/protocol';
import type { Args, Command } from './command.ts';
import { optionsOf } from './leading-options.ts';

/** A command line resolved: which command of the tree, and what it is given. */
export interface ParsedCommand {
  readonly command: Command;
  /** `tasks ls`, for messages. */
  readonly path: string;
  readonly args: Args;
}

/**
 * Finds the sub-command that `words` name and reads its options and positionals.
 *
 * @throws PREFISH_USAGE naming the command and what it takes
 */
export function parseCommand(
  command: Command,
  words: readonly string[],
  path: string = command.name,
): ParsedCommand {
  const [first, ...rest] = words;
  const below = subcommand(command, first);
  if (below !== undefined) return parseCommand(below, rest, `${path} ${below.name}`);
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: optionsOf(command.args ?? {}),
      strict: true,
      allowPositionals: true,
    });
    checkPositionals(command, positionals, path);
    return { command, path, args: { values, positionals } as Args };
  } catch (cause) {
    throw cause instanceof PrefishError
      ? cause
      : new PrefishError('PREFISH_USAGE', `${path}: ${complaint(cause)}`, {
          cause,
          hint: usage(command, path),
        });
  }
}

/** The command directly below `command` that a word names. */
export function subcommand(command: Command, word: string | undefined): Command | undefined {
  return command.subcommands?.find(({ name, aliases }) => name === word || aliases?.includes(word ?? ''));
}

/** What Node's parser says, without its advice on positionals that begin with a dash. */
function complaint(cause: unknown): string {
  const said = errorMessage(cause);
  const unknown = /^Unknown option '(.*?)'/.exec(said)?.[1];
  return unknown === undefined ? said.split('\n', 1)[0]!.replace(/\.$/, '') : `There is no option ${unknown}`;
}

/** How a command is called: `tasks logs ID [--follow] [--after SEQ]`. */
export function usage(command: Command, path: string = command.name): string {
  const positionals = (command.positionals ?? []).map(({ name, optional, variadic }) => {
    const word = variadic ? `${name}…` : name;
    return optional ? `[${word}]` : word;
  });
  const options = Object.entries(command.args ?? {}).map(([name, { type, placeholder }]) =>
    type === 'boolean' ? `[--${name}]` : `[--${name} ${placeholder ?? name.toUpperCase()}]`,
  );
  return ['Usage:', path, ...positionals, ...options].join(' ');
}

function checkPositionals(command: Command, positionals: readonly string[], path: string): void {
  const expected = command.positionals ?? [];
  const required = expected.filter(({ optional }) => !optional).length;
  if (positionals.length < required) {
    throw new PrefishError('PREFISH_USAGE', `${path} needs ${expected[positionals.length]!.name}`, {
      hint: usage(command, path),
    });
  }
  if (positionals.length > expected.length && !expected.at(-1)?.variadic) {
    const extra = positionals[expected.length]!;
    const subcommands = command.subcommands?.map(({ name }) => name) ?? [];
    throw new PrefishError('PREFISH_USAGE', `${path} does not know what to do with "${extra}"`, {
      hint: subcommands.length > 0 ? `It has ${subcommands.join(', ')}.` : usage(command, path),
    });
  }
}
