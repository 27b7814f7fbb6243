import { findShell } from './find-shell.ts';

/** What people may want to know of the shell that runs their lines. */
export interface ShellDescription {
  /** Absolute path. */
  readonly path: string;
  /** What a line leaves to the next: `the folder and exported variables`. */
  readonly lasts: string;
  /** The file that is read at a prompt: `~/.bashrc`. */
  readonly rc?: string;
}

/**
 * Describes the user's own shell, as these variables name it.
 *
 * @throws PREFISH_SHELL_MISSING
 */
export function describeShell(env: Readonly<Record<string, string>>): ShellDescription {
  const { path, dialect } = findShell(env);
  return { path, lasts: dialect.lasts, ...(dialect.rc === undefined ? {} : { rc: dialect.rc.name }) };
}
