import { subcommand } from '../command-args.ts';
import type { Command } from '../command.ts';
import type { Completion } from '../prefix.ts';

/** The command that the words before the last one name, and what of its own could stand in the last one's place. */
export interface UnfinishedCommand {
  readonly command: Command;
  /** The last word, as far as it is typed. */
  readonly word: string;
  /** The words before it. */
  readonly before: readonly string[];
  /** Its sub-commands, or its options behind `--`. */
  readonly offers: readonly Completion[];
}

/** Reads `words`, which follow the name of `command`; the last one is being typed. */
export function completeCommand(command: Command, words: readonly string[]): UnfinishedCommand {
  const [first = '', ...rest] = words;
  const below = rest.length === 0 ? undefined : subcommand(command, first);
  if (below !== undefined) return completeCommand(below, rest);
  const word = words.at(-1) ?? '';
  const options = Object.entries(command.args ?? {}).map(([name, { summary }]) => ({
    insert: `--${name}`,
    ...(summary === undefined ? {} : { detail: summary }),
  }));
  const subcommands = (command.subcommands ?? []).map(({ name, summary }) => ({
    insert: name,
    detail: summary,
  }));
  const possible = word.startsWith('-') ? options : words.length === 1 ? subcommands : [];
  return {
    command,
    word,
    before: words.slice(0, -1),
    offers: possible.filter(({ insert }) => insert.startsWith(word)),
  };
}
