import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { removeFolder } from './sweep-tree.ts';

/** How long a folder may take to go while somebody waits for it, in milliseconds. */
const patience = 300;

/** A place, in the server's folder, to make something at that is then moved to its own place whole. */
export async function placeAside(folder: string): Promise<string> {
  const parent = asideFolder(folder);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  return join(parent, randomUUID());
}

/**
 * Takes a folder out of the way at once, and removes it: hundreds of thousands of files take longer than anybody who
 * cancels a task should wait, and go on going after this has resolved. What is not there is no error.
 *
 * @param folder the server's
 */
export async function discard(folder: string, path: string): Promise<void> {
  const place = await placeAside(folder);
  try {
    await rename(path, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    return removeFolder(path);
  }
  // What cannot be removed now goes with the server's next start.
  const removed = removeFolder(place).catch(() => {});
  await Promise.race([removed, pause(patience, undefined, { ref: false })]);
}

/** Removes what a killed server was making, or removing. */
export async function emptyAside(folder: string): Promise<void> {
  const parent = asideFolder(folder);
  const names = await readdir(parent).catch(() => []);
  await Promise.all(names.map((name) => discard(folder, join(parent, name))));
}

/** Nothing in it outlives the server that put it there. */
function asideFolder(folder: string): string {
  return join(folder, 'aside');
}
