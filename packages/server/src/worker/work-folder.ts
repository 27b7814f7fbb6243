import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { discard, emptyAside } from './aside.ts';

/** The folder of one attempt, on the host. */
export interface WorkFolder {
  readonly path: string;
  /** The task's copy of the work tree. */
  readonly tree: string;
  /** The task's HOME and `/tmp`. */
  readonly home: string;
  readonly tmp: string;
  /** The index of the trusted git. */
  readonly index: string;
}

/** Where the folder of an attempt is, below the server's. */
export function workFolderPath(folder: string, task: string, attempt: number): string {
  return join(folder, 'work', `${task}-${attempt}`);
}

/**
 * Makes the folder of an attempt afresh; those of the task's earlier attempts are removed, as far as nothing
 * that a killed server started still writes into them.
 */
export async function makeWorkFolder(folder: string, task: string, attempt: number): Promise<WorkFolder> {
  await removeWorkFolders(folder, (name) => name.startsWith(`${task}-`)).catch(() => {});
  const path = workFolderPath(folder, task, attempt);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const [tree, home, tmp] = [join(path, 'tree'), join(path, 'home'), join(path, 'tmp')];
  for (const below of [tree, home, tmp]) await mkdir(below, { mode: 0o700 });
  return { path, tree, home, tmp, index: join(path, 'index') };
}

/** Removes the folders of all attempts, for a server that has just started and ended whatever still ran. */
export async function removeAllWorkFolders(folder: string): Promise<void> {
  await removeWorkFolders(folder, () => true);
  await emptyAside(folder);
}

async function removeWorkFolders(folder: string, which: (name: string) => boolean): Promise<void> {
  for (const parent of ['farms', 'work'].map((name) => join(folder, name))) {
    const names = await readdir(parent).catch(() => []);
    await Promise.all(names.filter(which).map((name) => discard(folder, join(parent, name))));
  }
}
