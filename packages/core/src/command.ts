import type { parseArgs, ParseArgsConfig } from 'node:util';
import type { RunContext } from './context.ts';
import type { Outcome } from './outcome.ts';
import type { Completion } from './prefix.ts';

type Awaitable<T> = T | Promise<T>;

/** Options as `parseArgs` of node:util describes them, with a sentence for help. */
export type ArgsSpec = Readonly<
  Record<
    string,
    NonNullable<ParseArgsConfig['options']>[string] & {
      readonly summary?: string;
      readonly placeholder?: string;
    }
  >
>;

/** Leading options: as {@link ArgsSpec}, and long only. */
export type LeadingArgsSpec = Readonly<Record<string, ArgsSpec[string] & { readonly short?: never }>>;

/** What a command or prefix is given: option values by name, and the words that are no options. */
export interface Args<S extends ArgsSpec = ArgsSpec> {
  readonly values: ReturnType<typeof parseArgs<{ options: S }>>['values'];
  readonly positionals: readonly string[];
}

/** A word that a command takes. */
export interface Positional {
  /** As help shows it: `ID`. */
  readonly name: string;
  readonly optional?: boolean;
  /** Takes this word and all that follow. */
  readonly variadic?: boolean;
}

/** A command: `/name` in the shell, `prefish name` outside. */
export interface Command<S extends ArgsSpec = ArgsSpec> {
  readonly name: string;
  readonly summary: string;
  readonly aliases?: readonly string[];
  /**
   * Where it stands among others in help and completion: lower ones first, those of the same rank as they were
   * registered. 0 unless it says otherwise; what looks after prefish itself, rather than a session, has 2, and what
   * is for outside of one 3: `/help` names these in one row.
   */
  readonly rank?: number;
  readonly positionals?: readonly Positional[];
  /** Whether, in the shell, its one positional is the rest of the line as it is, quotes and all. */
  readonly verbatim?: boolean;
  readonly args?: S;
  readonly examples?: readonly string[];
  /** Commands below this one: `tasks ls`. The command itself runs when none of them is named. */
  readonly subcommands?: readonly Command[];
  run(args: Args<S>, context: RunContext): Awaitable<Outcome>;
  /** What could stand in place of `word`; `before`: the words between it and the name of the command. */
  complete?(word: string, context: RunContext, before: readonly string[]): Awaitable<readonly Completion[]>;
}

/**
 * Keeps the types of a command's own options where it stands in a list: among `subcommands`.
 *
 * @example
 * subcommands: [
 *   defineCommand({ name: 'find', summary: 'Find notes', args: { all: { type: 'boolean' } },
 *     run: ({ values }) => ({ type: 'ok', data: find(values.all) }) }),
 * ]
 */
export function defineCommand<const S extends ArgsSpec = Record<never, never>>(command: Command<S>): Command {
  return command as unknown as Command;
}
