import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorMessage, PrefishError } from '@prefish/protocol';
import type { Folders } from './folders.ts';

/**
 * Makes the folders in which prefish writes, where they are absent.
 *
 * @throws PREFISH_FOLDER_UNUSABLE for the first that cannot be made or written, PREFISH_NO_SPACE
 */
export function makeUsable(folders: Folders): void {
  for (const folder of [folders.data, folders.state, folders.cache]) makeUsableFolder(folder);
}

/**
 * Makes a folder, private to the user, where it is absent, and sees whether it takes files.
 *
 * @throws PREFISH_FOLDER_UNUSABLE, PREFISH_NO_SPACE
 */
export function makeUsableFolder(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) make(path);
    // The dot asks for a folder: a file would do for the path alone.
    accessSync(`${path}/.`, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Not with `recursive`: Node tries for ever where a folder is there and takes no other, as /proc does. */
function make(path: string, parents = true): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || !parents || path === dirname(path)) throw error;
    make(dirname(path));
    make(path, false);
  }
}

function unusable(path: string, cause: unknown): PrefishError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new PrefishError('PREFISH_NO_SPACE', `There is no space for the folder ${path}`, { cause });
  }
  const home = process.env['PREFISH_HOME'];
  return new PrefishError(
    'PREFISH_FOLDER_UNUSABLE',
    `The folder ${path}, where prefish keeps its things, cannot be written: ${errorMessage(cause)}`,
    {
      cause,
      hint: home
        ? `PREFISH_HOME is ${home}: name a folder there that you may write, or unset it.`
        : 'Make it writable, or name another folder with PREFISH_HOME.',
    },
  );
}
