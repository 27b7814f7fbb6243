import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Folders } from '../../folders.ts';

/** Where `prefish serve` keeps everything: beside what the background server of this machine has. */
export function serveFolder(folders: Folders, named: string | undefined, cwd: string): string {
  return named === undefined ? join(folders.data, 'serve') : resolve(cwd, named);
}

/** Where the workers of this machine have their workspaces. */
export function workersFolder(folders: Folders): string {
  return join(folders.data, 'workers');
}

/** Where the server of a folder notes how clients find it, for what runs beside it. */
export function urlNote(folder: string): string {
  return join(folder, 'url');
}

/** How clients find the server of a folder; `undefined` where none has run yet. */
export function notedUrl(folder: string): string | undefined {
  try {
    return readFileSync(urlNote(folder), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
