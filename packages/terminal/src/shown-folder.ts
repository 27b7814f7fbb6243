import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

/** Where one folder is, seen from others: absolute paths. */
export interface Whereabouts {
  readonly cwd: string;
  /** Where prefish was started. */
  readonly start: string;
  readonly home?: string | undefined;
}

/**
 * What a prompt says of the folder that it is in: nothing where prefish was started, else the path below that,
 * below the repository around it, by its name, or below the home; at last the whole path.
 */
export function shownFolder({ cwd, start, home }: Whereabouts): string | undefined {
  if (cwd === start) return undefined;
  if (isBelow(cwd, start)) return relative(start, cwd);
  const repository = repositoryOf(start);
  if (repository !== undefined && isBelow(cwd, repository)) {
    return join(basename(repository), relative(repository, cwd));
  }
  if (home !== undefined && home !== sep && isBelow(cwd, home)) return join('~', relative(home, cwd));
  return cwd;
}

/** The nearest repository that `folder` is in. */
export function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
