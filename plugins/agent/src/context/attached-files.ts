import { existsSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A file that a message names. */
export interface AttachedFile {
  readonly name: string;
  /** `file:` */
  readonly uri: string;
}

/**
 * The files that a message attaches with `@path` or `@"a path"`. A path that names nothing, or leads
 * out of the folder without being absolute, is text like any other.
 */
export function attachedFiles(message: string, cwd: string): readonly AttachedFile[] {
  const found = new Map<string, AttachedFile>();
  for (const [, quoted, plain] of message.matchAll(/(?<=^|\s)@(?:"([^"\n]+)"|(\S+))/g)) {
    const path = [quoted, plain, plain?.replace(/[.,;:!?)\]]+$/, '')]
      .filter((candidate) => candidate !== undefined && candidate !== '')
      .map((candidate) => resolvedPath(candidate!, cwd))
      .find((candidate) => candidate !== undefined);
    if (path !== undefined) found.set(path, { name: nameOf(path, cwd), uri: pathToFileURL(path).href });
  }
  return [...found.values()];
}

function resolvedPath(path: string, cwd: string): string | undefined {
  if (path.includes('\0')) return undefined;
  const absolute = resolve(cwd, path);
  if (!isAbsolute(path) && isOutside(absolute, cwd)) return undefined;
  return existsSync(absolute) ? absolute : undefined;
}

function nameOf(path: string, cwd: string): string {
  return isOutside(path, cwd) ? basename(path) : relative(cwd, path) || '.';
}

function isOutside(path: string, folder: string): boolean {
  const steps = relative(folder, path);
  return steps === '..' || steps.startsWith('../') || isAbsolute(steps);
}
