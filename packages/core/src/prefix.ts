import type { Enclosure, ModelAccess } from '@prefish/protocol';
import type { Args, ArgsSpec, LeadingArgsSpec } from './command.ts';
import type { RunContext } from './context.ts';
import type { Outcome } from './outcome.ts';
import type { FoundTask } from './task-source.ts';

type Awaitable<T> = T | Promise<T>;

/** Returned by a prefix to decline: the line, token included, goes on as plain text. */
export const pass: unique symbol = Symbol.for('prefish.pass') as never;
export type Pass = typeof pass;

/** One offer of a completion. */
export interface Completion {
  /** What replaces the word at the cursor. */
  readonly insert: string;
  readonly detail?: string;
}

/**
 * A prefix: the first characters of a line, and what is done with the rest.
 *
 * @example
 * shell.prefix({
 *   id: 'shout', token: '^', summary: 'Say it loudly', examples: ['^ hello'],
 *   run: (body, { out }) => { out.line(body.toUpperCase()); return { type: 'ok' }; },
 * });
 */
export interface Prefix<S extends LeadingArgsSpec = LeadingArgsSpec> {
  /** A stable name for configuration (`prefixes: { shell: "$" }`): the token may change, this may not. */
  readonly id: string;
  /**
   * The characters at column 0. One character or several, without spaces; `/` and `\` are reserved.
   * The empty token owns plain text, and only one plugin can have it.
   */
  readonly token: string;
  /** One line for help and completion. */
  readonly summary: string;
  readonly examples?: readonly string[];
  /** The bare token keeps this prefix active for the lines that follow, until Escape. */
  readonly sticky?: boolean;
  /** Leading options (`& --wait …`), as for `parseArgs` of node:util. Long ones only. They end at the first word without `--`, or at `--`. */
  readonly args?: S;
  /** What its lines need inside a task; `false` when they must not run in one. Default: nothing special. */
  readonly teleport?: false | TeleportNeeds;
  /** `body` is everything after the token and one space, byte for byte. */
  run(body: string, context: RunContext, args: Args<S>['values']): Awaitable<Outcome | Pass>;
  complete?(body: string, cursor: number, context: RunContext): Awaitable<readonly Completion[]>;
  /**
   * Whether `body`, as `run` gets it, lacks nothing at its end, as an open quotation does: Enter waits for the
   * answer, and where it is no, the line goes on in a new row. Without a process or a file where that can be:
   * a `boolean` costs nothing. An answer that is late (300 ms), or none, is a yes. Default: yes.
   */
  isComplete?(body: string, signal: AbortSignal): Awaitable<boolean>;
}

/** What is known about a registered prefix; help, completion, `explain` and conflict errors read it. */
export interface PrefixInfo {
  readonly id: string;
  readonly token: string;
  readonly plugin: string;
  readonly summary: string;
  /** With the token that it has now. */
  readonly examples: readonly string[];
  readonly sticky: boolean;
  /** Its leading options, where it takes any. */
  readonly args?: ArgsSpec;
  readonly teleport: false | TeleportNeeds;
}

/** What a line needs where it is teleported to. What is not to be had there is named before anything is sent. */
export interface TeleportNeeds {
  /** The title of its task in lists. Default: the line. */
  label?(body: string): string;
  /** What it reaches unless `--network` says otherwise. */
  readonly network?: 'none' | 'allowlist' | 'full';
  /** Programs that have to be on PATH. */
  readonly binaries?: readonly string[];
  /** Variables that hold credentials. They never go along with a line; it has to be able to get them there. */
  readonly secrets?: readonly string[];
  /** Whether a line may run again when its worker was lost: it has no effects but on its copy of the work tree. Default: false. */
  readonly repeatable?: boolean;
  /** Whether its lines are refused where no sandbox works. Default: false. */
  readonly contained?: boolean;
  /** Whether its lines read messages while they run: `incoming` of their context. Default: false. */
  readonly messages?: boolean;
  /**
   * Called here before anything is sent: what it returns goes along, what it throws refuses the line. `body`
   * as `run` gets it. With `earlier`, the line takes up a task of this prefix that has ended: what is to be known
   * of that one goes along.
   */
  prepare?(body: string, context: RunContext, earlier?: FoundTask): Awaitable<Luggage>;
}

/** What goes along with a teleported line, beside the work tree. `context.enclosed` has it on the other side. */
export interface Luggage extends Enclosure {
  readonly models?: readonly ModelAccess[];
  /** Programs that the line starts, absolute paths: a task sees them, and what lies beside them, as it sees those on PATH. */
  readonly programs?: readonly string[];
  /** What that is, for people: `the conversation (12 messages)`. */
  readonly summary?: readonly string[];
}

/**
 * Which tokens a prefix has, by its id: another (`"$"`), several (`["&", ">>"]`), none (`false`).
 * For a prefix that is not named here, its own.
 */
export type PrefixTokens = Readonly<Record<string, string | readonly string[] | false>>;
