import type { Event, EventBody, Json, ModelApi } from '@prefish/protocol';
import type { Command } from './command.ts';
import type { Origin } from './input.ts';
import type { LoadedPlugin, Explanation } from './shell.ts';
import type { PrefixInfo } from './prefix.ts';
import type { TaskDirectory } from './task-source.ts';

/** Where a handler says what happens. Nothing is printed here: each call becomes an event, and presenters print events. */
export interface Out {
  /** Text of a program, as it comes. */
  write(text: string, stream?: 'stdout' | 'stderr'): void;
  /** A program's own bytes, which need not be text. Present where the host passes them on unchanged; elsewhere decode them, and `write`. */
  bytes?(chunk: Uint8Array, stream?: 'stdout' | 'stderr'): void;
  /** A line of the handler's own. */
  line(text: string): void;
  /** Any other event; `task` says which background task it is about. */
  event(event: EventBody & { readonly task?: string }): void;
  /** An event that is numbered and dated already, passed on as it is: a line of a task's transcript. */
  record(event: Event): void;
  /** Something the user should know, which does not fail the line. */
  warn(code: string, message: string, hint?: string): void;
  /** Resolves when what was written has gone out: await it in a flood. */
  drain(): Promise<void>;
}

/** Questions to the person at the terminal. With `--yes` the default answers; with nobody there, each rejects with `PREFISH_NO_TTY`. */
export interface Ask {
  confirm(message: string, options?: { readonly default?: boolean }): Promise<boolean>;
  /** Resolves with the chosen entry. The first is the default. */
  select(message: string, choices: readonly string[]): Promise<string>;
  /** Resolves with the line that was typed, which may be empty. Where there is no default, `--yes` does not answer it. */
  text(message: string, options?: { readonly default?: string }): Promise<string>;
  /** Resolves with what was typed, which is not shown. Has no default: `--yes` does not answer it. A command that nobody watches reads a line of standard input. */
  secret(message: string): Promise<string>;
}

/** What came along with a line that was teleported: what `prepare` of its prefix returned where it was typed. */
export interface Enclosed {
  readonly settings?: Json;
  /** Absolute paths, by the names that the files were given. */
  readonly files: Readonly<Record<string, string>>;
  /** Where each model's API answers here, without its version; `token` stands in for the credential, which is not here. */
  readonly models: Readonly<Partial<Record<ModelApi, { readonly url: string; readonly token: string }>>>;
}

/** The terminal that a person looks at: its size in characters, and what is wanted on it. */
export interface TerminalView {
  readonly columns: number;
  readonly rows: number;
  readonly color?: boolean;
  /** `false` where everything is printed once, because the terminal moves no cursor or a screen reader reads it out. */
  readonly redraws?: boolean;
}

/** The terminal while a handler has it: in raw mode, the line editor paused. */
export interface LentTerminal {
  readonly columns: number;
  readonly rows: number;
  /** `false` where the row with the cursor is cut when it becomes narrower, and not wrapped, as all others are. */
  readonly wrapsCursorRow?: boolean;
  /** Raw bytes that the user types. */
  onInput(listener: (data: Buffer) => void): void;
  /** Gives back what was typed for later: whoever has the terminal next gets it. */
  unread?(data: Buffer): void;
  onResize(listener: () => void): void;
  /** Says what puts the screen back, where prefish ends before the terminal is returned: `\x1b[?1049l`. */
  onExit?(undo: () => string): void;
  /** Stops prefish until the shell that it was started in continues it, as Ctrl+Z does; whoever draws enters the alternate screen anew and draws again. */
  suspend?(): void;
  /** Bytes straight to the screen. False when the screen is behind; `drained` says when it has caught up. */
  write(data: string | Uint8Array): boolean;
  drained(): Promise<void>;
}

/**
 * Draws events as the host prints them, for a handler that has the terminal to itself and shows what happened
 * elsewhere. Whatever the events hold, the text is sanitised: it has colours and line breaks, and drives nothing.
 */
export interface EventRenderer {
  /** The text of the next event, `''` where the host prints nothing of its kind. It may end, and the next go on, within a line. */
  event(event: Event): string;
  /** What was held back until more would come. */
  end(): string;
  /**
   * A tool call as it is now, in lines of its own: for who shows each call once and draws it again when it changes.
   * Open with all that is known of it, else with what most want to see; `''` where there is nothing to see yet.
   * Behind `end`, at the beginning of a line.
   */
  tool?(call: Event & { readonly type: 'tool' }, isOpen: boolean): string;
  /** An address, sanitised; to be followed by a click where the terminal knows links. */
  link?(url: string): string;
}

/** The state that one line leaves to the next: the folder and the variables. */
export interface Session {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** @throws PREFISH_NOT_A_FOLDER */
  changeFolder(path: string): void;
  /** Replaces the variables that later lines, and everything they start, will see. */
  setEnv(env: Readonly<Record<string, string>>): void;
}

/** What a handler may see of the shell that runs it. */
export interface ShellView {
  readonly prefixes: readonly PrefixInfo[];
  readonly commands: readonly (Command & { readonly plugin: string })[];
  readonly plugins: readonly LoadedPlugin[];
  readonly tasks: TaskDirectory;
  /** Who would take a line, and why; runs nothing. `prefix` as for `submit`. */
  explain(text: string, options?: { readonly prefix?: string }): Explanation;
  /**
   * Whether a line lacks nothing at its end, as its owner says (`isComplete` of a prefix); at once where that is
   * known at once. Never throws or rejects: in doubt it is complete. `prefix` as for `submit`.
   */
  isComplete(text: string, options?: { readonly prefix?: string }): boolean | Promise<boolean>;
}

/** Given to everything that runs for a line. */
export interface RunContext {
  /** Aborted when the user interrupts, or the shell closes. A handler that ignores it is left behind after a grace period, and named. */
  readonly signal: AbortSignal;
  readonly origin: Origin;
  /**
   * All lines of one paste, where the line is one of several: the same array for each of them, so that
   * who asks can ask once. The first that is denied ends the paste.
   */
  readonly paste?: readonly string[];
  /** No line follows in this shell: what this one would leave to the next need not be kept. */
  readonly last?: true;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly session: Session;
  readonly out: Out;
  readonly ask: Ask;
  readonly shell: ShellView;
  /** The terminal that a person looks at. Absent in scripts, pipes and `--json`. */
  readonly terminal?: TerminalView;
  /** Whether colours are wanted in what is said, where no person looks at a terminal too (`--color always`). */
  readonly color?: boolean;
  /** What programs that the line starts get as standard input when they have no terminal: the caller's own, or nothing. */
  readonly stdin: 'inherit' | 'ignore';
  /** Lines that come in while the line runs (`--input-json`): messages, answers. Ends with the input. */
  readonly incoming: AsyncIterable<{ readonly type: string; readonly [key: string]: unknown }>;
  /** Present in a task. */
  readonly enclosed?: Enclosed;
  /** A renderer for a screen of so many columns. Absent where the host prints no text for people. */
  render?(columns: number): Promise<EventRenderer>;
  /**
   * Hands the terminal to `use` and takes it back when it settles. @throws PREFISH_NO_TTY
   */
  lendTerminal<T>(use: (terminal: LentTerminal) => Promise<T>): Promise<T>;
}
