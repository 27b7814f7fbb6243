import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolder, syncFolder } from './folder.ts';
import { replaceFile, type ReplaceFileOptions } from './replace-file.ts';

/**
 * Writes a file of prefish's own, whole or not at all, its parent folders made where missing (0700).
 * Once this resolves it survives a crash of the machine. Default mode: 0600.
 */
export async function writeDurably(
  path: string,
  bytes: string | Uint8Array,
  options: ReplaceFileOptions = {},
): Promise<void> {
  await makeFolder(dirname(resolve(path)));
  await replaceFile(path, bytes, { mode: options.mode ?? 0o600 });
}

/** Removes a file such that a crash does not bring it back. A file that is not there is no error. */
export async function removeDurably(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  await rm(path, { force: true });
  await syncFolder(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
