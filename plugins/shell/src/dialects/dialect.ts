/** The line to run, as the user wrote it. */
export interface ShellLine {
  readonly text: string;
  /** A command of bash, zsh and POSIX shells that runs the line with `end` behind it, `options` (commands ending in `; `) first. */
  command(options?: string, end?: string): string;
}

/** Where a shell finds what the one before it left, and leaves its own. */
export interface StateFiles {
  /** A script to source; absent before the first line has ended. */
  readonly restore: string | undefined;
  /** The options in force at the end of the line before, in the dialect's own words. */
  readonly options: string;
  /** Where to write the state at exit; `parseStateDump` has the format. Absent where no line follows. */
  readonly dump: string | undefined;
}

/** How a family of shells is told to run a line such that what it changed lasts. */
export interface Dialect {
  /** What a line leaves to the next, for people. */
  readonly lasts: string;
  /** The arguments for the shell. */
  args(line: ShellLine, files: StateFiles): readonly string[];
  /** What it reads where a person types. Absent where nothing of that could last. */
  readonly rc?: RcFile;
  /** Whether it reads `$'\t'` as a tab. */
  readonly dollarQuotes?: true;
  /** How it is asked whether a line lacks its end. Absent where it cannot be. */
  readonly syntax?: SyntaxCheck;
}

/** How a shell reads lines without running anything of them, and what it says of those that lack their end. */
export interface SyntaxCheck {
  /** The arguments for one reading. */
  args(text: string): readonly string[];
  /** What else is read, where the line alone does not tell: the line with something behind it. */
  probes?(text: string): readonly string[];
  /**
   * Whether more has to follow; in doubt the line runs.
   *
   * @param said what the reading of the line wrote on standard error, in the C locale
   * @param ofProbes what those of the probes wrote
   */
  lacksEnd(said: string, ofProbes: readonly string[], text: string): boolean;
}

/** The file with a user's own aliases and functions. */
export interface RcFile {
  /** What people call it: `~/.bashrc`. */
  readonly name: string;
  /**
   * The arguments for a shell that reads it as an interactive one does, and writes its state to `dump`; also
   * where it says `exit`. `exec` is nothing in it: what it leads to is another program than this shell, often
   * one that reads the file again.
   */
  args(dump: string): readonly string[];
}

/** `text` as one word of bash, zsh and POSIX shells. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
