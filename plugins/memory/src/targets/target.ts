import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A file that a note can go to. */
export interface MemoryTarget {
  readonly path: string;
  /** The folder that a link in its place may not lead out of. Absent where links lead where their owner made them lead. */
  readonly root?: string;
  /** Whether the folder of the file is made where it is missing: an agent makes its own when it first runs. */
  readonly makesFolder?: boolean;
  /** What the file begins with when the note makes it. */
  readonly head?: string;
  /** A file that agents read in its place, and that does not import it. */
  readonly hiddenBy?: { readonly path: string; readonly importLine: string };
}

/** The top of the repository: the first folder upwards with `.git`; `cwd` itself outside of one. */
export function repositoryRoot(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (exists(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

/** Whether there is anything of that name, be it a symlink to nowhere. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

export function isSameFile(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return a === b;
  }
}

/** Whether `path` is `folder` or below it, by name. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** A path as a person would write it: relative to `cwd` within the repository, else from the home, else whole. */
export function displayPath(path: string, { cwd, env }: WhereFrom): string {
  if (isWithin(path, repositoryRoot(cwd))) return relative(cwd, path);
  const home = env['HOME'];
  return home !== undefined && isWithin(path, home) ? `~/${relative(home, path)}` : path;
}

/** Where a line runs. */
export interface WhereFrom {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}
