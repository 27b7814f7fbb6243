import type { Completion, Event, Origin } from '@prefish/core';
import type { HistoryStore } from './history.ts';

/** One line that a person has finished. */
export interface Line {
  readonly text: string;
  /** `pasted` when it began with a paste, or is one of several and rows of them were pasted. */
  readonly origin: Origin;
  /** The id of the prefix that was active: the text is its body. */
  readonly prefix?: string;
  /** All lines of the paste that it is one of, where there are several. */
  readonly paste?: readonly string[];
}

/** A prefix that stays active for the lines that follow its bare token. */
export interface ActivePrefix {
  readonly id: string;
  readonly token: string;
}

/** Where lines come from, and the end of the screen that they share with what is printed. */
export interface LineEditor {
  /** The next line; `eof` when the user leaves or the terminal is gone. Lines that were queued come at once. */
  readLine(): Promise<Line | 'eof'>;
  /** Makes a prefix active, until Escape. An editor that could not show it does nothing. */
  activate?(prefix: ActivePrefix): void;
  /** Prints above what is being edited, never in it. The last line may be unfinished: what is written next goes on with it. */
  write(text: string, stream?: 'stdout' | 'stderr'): void;
  /** Ends a line that was left unfinished. */
  freshLine(): void;
  /** Takes the lines of a paste out of those that wait. */
  withdraw?(paste: readonly string[]): void;
  /** Has the lines that wait wait for a person's word; an editor that could not ask for it drops them. */
  hold?(): void;
  /** Takes what was typed for a program that did not read it. */
  unread?(data: Buffer): void;
  /** Hears what the line that runs is doing, to show it. */
  observe?(event: Event): void;
  /** Shows how something is that goes on beside the lines, until `text` is `undefined`. */
  status?(key: string, text: string | undefined): void;
  /** The lines that wait for the one that runs, in rows of at most `columns`. */
  queued?(columns: number): readonly string[];
  /** Remembers lines there from now on. An editor without a history does nothing. */
  useHistory?(store: HistoryStore): void;
  /**
   * Resolves when keys can be meant for a question: at once where no line is half-written, else when that
   * line is finished or dropped, or the person turns to the question, which is shown above it meanwhile.
   * True where keys of a line came until a moment ago: then the next may still be meant for it.
   *
   * @throws PREFISH_INTERRUPTED when the person stops what runs instead
   */
  untilFree?(question: string): Promise<boolean>;
  /** Leaves keys and screen to somebody else. */
  pause(): void;
  resume(): void;
  /** Gives the terminal back as it was. A line that is waited for is `eof`. */
  close(): void;
}

/** What could stand in place of the word at the cursor. */
export interface Offers {
  /** Where the word begins: a UTF-16 offset in the line. */
  readonly from: number;
  readonly offers: readonly Completion[];
  /** Said below them, until the word is typed on. */
  readonly note?: string;
}

/** Who will take a line. */
export interface LineOwner {
  /** `! shell`. None for commands, which name themselves. */
  readonly label?: string;
  /** Which owner it is among all: decides its colour. */
  readonly index: number;
}

/** Whom an editor tells, and asks. */
export interface EditorListener {
  /** The prefix that a finished line makes active instead of going anywhere; none for most lines. */
  activates?(text: string): ActivePrefix | undefined;
  /**
   * The lines that a text is when Enter is pressed: one, for nearly every text. None while something is missing
   * at its end: it goes on in a new row. Never rejects. `prefix`: the id of the active one.
   */
  linesIn?(text: string, prefix?: string): readonly string[] | Promise<readonly string[]>;
  /** Whether a finished line is for the history. By default one is that does not begin with a space. */
  remembers?(text: string): boolean;
  /** Who will take the line that begins so; nobody in particular for plain text. `prefix`: the id of the active one. */
  owner?(beginning: string, prefix?: string): LineOwner | undefined;
  /** What the prompt says of the folder that lines run in; nothing where prefish was started. */
  folder?(): string | undefined;
  /** What Tab offers at `cursor`, a UTF-16 offset in `text`; aborted by the next key. `prefix`: the id of the active one. */
  complete?(
    text: string,
    cursor: number,
    options: { readonly signal: AbortSignal; readonly prefix?: string },
  ): Promise<Offers>;
  /** The names of the commands that there are. */
  commands?(): readonly string[];
  /** Esc or Ctrl+C while a line runs: it is to stop. */
  interrupt(): void;
}
