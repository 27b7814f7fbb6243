import { existsSync, statSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A file that a message names. */
export interface AttachedFile {
  readonly name: string;
  /** `file:` */
  readonly uri: string;
}

/** What a message names with `@`. */
export interface Attachments {
  readonly files: readonly AttachedFile[];
  /** Why something that reads like a path attaches nothing, in words. */
  readonly missing: readonly string[];
}

const noAttachments: Attachments = { files: [], missing: [] };

/**
 * The files that a message attaches with `@path` or `@"a path"`. A path that names nothing, or leads
 * out of the folder without being absolute, is text like any other.
 */
export function attachmentsOf(message: string, cwd: string): Attachments {
  if (!message.includes('@')) return noAttachments;
  const found = new Map<string, AttachedFile>();
  const missing = new Set<string>();
  for (const [, quoted, plain] of message.matchAll(/(?<=^|\s)@(?:"([^"\n]+)"|(\S+))/g)) {
    const bare = plain?.replace(/[.,;:!?)\]]+$/, '');
    const path = [quoted, plain, bare]
      .filter((candidate) => candidate !== undefined && candidate !== '')
      .map((candidate) => resolvedPath(candidate!, cwd))
      .find((candidate) => candidate !== undefined);
    const meant = quoted ?? bare ?? '';
    if (path !== undefined) found.set(path, { name: nameOf(path, cwd), uri: pathToFileURL(path).href });
    else if (quoted !== undefined || readsAsPath(meant, cwd)) missing.add(whyNot(meant, cwd));
  }
  return { files: [...found.values()], missing: [...missing] };
}

/** With an ending, or in a folder that is there: not `@alice`, nor the package `@scope/name`. */
function readsAsPath(text: string, cwd: string): boolean {
  if (/\.\w+$|^[.~]?\.?\//.test(text)) return true;
  const [folder, ...rest] = text.split('/');
  const place = resolve(cwd, folder!);
  return rest.length > 0 && statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}

function whyNot(path: string, cwd: string): string {
  const isUp = !isAbsolute(path) && isOutside(resolve(cwd, path), cwd);
  return isUp && existsSync(resolve(cwd, path))
    ? `${path} is outside of ${cwd}: only its absolute path attaches it`
    : `no file ${path}`;
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
