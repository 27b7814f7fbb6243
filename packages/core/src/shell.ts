import type { Exit } from '@prefish/protocol';
import type { ShellView } from './context.ts';
import type { Input, Origin } from './input.ts';
import type { Outcome } from './outcome.ts';
import type { Session } from './context.ts';
import type { Completion } from './prefix.ts';

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
  readonly reason: string;
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
  /** Runs one line to its end. Never rejects: what a handler throws is the `result`. */
  submit(
    text: string,
    options?: { readonly origin?: Origin; readonly signal?: AbortSignal },
  ): Promise<Settled>;
  /** Runs a command by name with words as a command line gives them: `prefish tasks ls --json`. Never rejects. */
  runCommand(
    name: string,
    words: readonly string[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Settled>;
  complete(text: string, cursor: number, signal?: AbortSignal): Promise<readonly Completion[]>;
  /** Aborts what runs, then undoes everything that plugins registered, in reverse order. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
