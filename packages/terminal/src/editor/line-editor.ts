import type { Completion, Origin } from '@prefish/core';

/** One line that a person has finished. */
export interface Line {
  readonly text: string;
  /** `pasted` when its first character was. */
  readonly origin: Origin;
  /** The id of the prefix that was active: the text is its body. */
  readonly prefix?: string;
}

/** A prefix that stays active for the lines that follow its bare token. */
export interface ActivePrefix {
  readonly id: string;
  readonly token: string;
}

/** Where lines come from. The prompt knows nothing else of how they are edited. */
export interface LineEditor {
  /** Whether a line is being edited on the screen now, so that all printing must go through {@link printAbove}. */
  readonly editing: boolean;
  /** The next line; `eof` when the user leaves or the terminal is gone. Lines typed ahead come at once. */
  readLine(): Promise<Line | 'eof'>;
  /** Makes a prefix active, until Escape. An editor that could not show it does nothing. */
  activate?(prefix: ActivePrefix): void;
  /** Prints above the line that is being edited, never in it. */
  printAbove(text: string): void;
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
}

/** Whom an editor tells, and asks. */
export interface EditorListener {
  /** The prefix that a finished line makes active instead of going anywhere; none for most lines. */
  activates?(text: string): ActivePrefix | undefined;
  /** What Tab offers at `cursor`, a UTF-16 offset in `text`; aborted by the next key. `prefix`: the id of the active one. */
  complete?(
    text: string,
    cursor: number,
    options: { readonly signal: AbortSignal; readonly prefix?: string },
  ): Promise<Offers>;
  /** Ctrl+C while a line runs: what was typed ahead has been dropped. Or Esc: then it has not. */
  interrupt(): void;
}
