import type { Exit } from '@prefish/protocol';
import type { ShellView } from './context.ts';
import type { Input, Provenance } from './input.ts';
import type { Outcome } from './outcome.ts';
import type { Session } from './context.ts';
import type { Plugin } from './plugin.ts';
import type { Completion } from './prefix.ts';

/** A plugin, and where it came from. */
export interface PluginWithOrigin {
  readonly plugin: Plugin;
  /** For people: `default`, a file, a package. */
  readonly origin: string;
}

/** A plugin as it was loaded, or why it was not. */
export interface LoadedPlugin {
  readonly name: string;
  readonly version?: string;
  /** Where it came from, for people: `default`, a file, a package. */
  readonly origin: string;
  readonly prefixes: readonly string[];
  readonly commands: readonly string[];
  readonly sources: readonly string[];
  readonly error?: Error;
}

/** Which plugin would take a line, and why. */
export interface Explanation {
  readonly prefix?: { readonly id: string; readonly token: string; readonly plugin: string };
  readonly command?: { readonly name: string; readonly plugin: string };
  readonly body: string;
  /** Of a prefix that has `args`: the leading options, and the body behind them. */
  readonly args?: { readonly values: Readonly<Record<string, unknown>>; readonly body: string };
  readonly reason: string;
  /** Of plain text: what it may have been meant to be. */
  readonly hint?: string;
  /** Set when the line would be refused. */
  readonly refused?: Error;
}

/** How a submitted line ended. */
export interface Settled {
  readonly input: Input;
  readonly result: Outcome | Error;
  readonly exit: Exit;
}

/** A running shell: lines in, outcomes and events out. */
export interface Shell extends ShellView {
  readonly session: Session;
  /**
   * Runs one line to its end. Never rejects: what a handler throws is the `result`.
   *
   * With `prefix`, the id of one, the whole text is the body of that prefix: so a sticky prefix stays
   * active for line after line. One that is disabled or in conflict refuses the line.
   */
  submit(
    text: string,
    options?: Partial<Provenance> & { readonly signal?: AbortSignal; readonly prefix?: string },
  ): Promise<Settled>;
  /**
   * Runs a command by name with words as a command line gives them: `prefish tasks ls --json`. The
   * hooks `dispatch` and `settled` are called; there is no text that `input` could rewrite. Never rejects.
   */
  runCommand(
    name: string,
    words: readonly string[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Settled>;
  /** What could stand at `cursor`, a UTF-16 offset in `text`. Never rejects: a plugin that fails offers nothing, and is warned of once. */
  complete(
    text: string,
    cursor: number,
    options?: { readonly signal?: AbortSignal; readonly prefix?: string },
  ): Promise<readonly Completion[]>;
  /**
   * Loads one more plugin, or one that was unloaded. Never rejects: what is wrong with it is an
   * `error` event and the `error` of the entry. A name that is loaded already stays as it is.
   */
  load(plugin: Plugin | PluginWithOrigin): Promise<LoadedPlugin>;
  /**
   * Takes a plugin out: its lines are interrupted, all it registered is taken back, its cleanup is run.
   * Lines with its tokens are refused until a plugin claims them, or this one is back with others.
   * Does nothing when none has that name.
   *
   * @throws PREFISH_CLEANUP_FAILED when it is out, and its cleanup failed
   */
  unload(name: string): Promise<void>;
  /**
   * Asks, through the hook `leave`, what is to become of what would end with the shell. Never rejects.
   *
   * @returns whether the shell may be closed: not when the person would rather stay
   */
  leave(options?: { readonly signal?: AbortSignal }): Promise<boolean>;
  /** Aborts what runs, then undoes everything that plugins registered, in reverse order. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
