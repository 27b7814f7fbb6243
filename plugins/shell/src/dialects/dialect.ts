/** The line to run, as the user wrote it. */
export interface ShellLine {
  readonly text: string;
  /** A command of bash, zsh and POSIX shells that runs the line, `options` (commands ending in `; `) first. */
  command(options?: string): string;
}

/** Where a shell finds what the one before it left, and leaves its own. */
export interface StateFiles {
  /** A script to source; absent before the first line has ended. */
  readonly restore: string | undefined;
  /** The options in force at the end of the line before, in the dialect's own words. */
  readonly options: string;
  /** Where to write the state at exit; `parseStateDump` has the format. */
  readonly dump: string;
}

/** How a family of shells is told to run a line such that what it changed lasts. */
export interface Dialect {
  /** The arguments for the shell. */
  args(line: ShellLine, files: StateFiles): readonly string[];
}

/** `text` as one word of bash, zsh and POSIX shells. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
