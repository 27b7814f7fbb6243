import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../../folders.ts';
import { makeUsableFolder } from '../../usable-folders.ts';

const writableByAll = 0o002;
const sticky = 0o1000;

/** Where `prefish serve` keeps everything: beside what the background server of this machine has. */
export function serveFolder(folders: Folders, named: string | undefined, cwd: string): string {
  return named === undefined ? join(folders.data, 'serve') : resolve(cwd, named);
}

/**
 * Makes the folder of a server where it is absent, for its user alone. One that others may look into is somebody's
 * choice: what is kept in it is private all the same.
 *
 * @throws PREFISH_FOLDER_UNUSABLE also for one in which everybody could put other accounts, PREFISH_NO_SPACE
 */
export function makeServeFolder(folder: string): void {
  makeUsableFolder(folder);
  const { mode, uid } = statSync(folder);
  if ((mode & writableByAll) === 0) return;
  // What others use too, such as /tmp, is not the server's to change.
  const isOwn = (mode & sticky) === 0 && uid === process.getuid?.();
  throw new PrefishError(
    'PREFISH_FOLDER_UNUSABLE',
    `Everybody on this machine may write ${folder}, and so say who may use the server`,
    {
      hint: `Name a folder of its own with --data${isOwn ? `, or: chmod o-w '${folder}'` : ''}.`,
    },
  );
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
