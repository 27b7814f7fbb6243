import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** Whether a file is there that can be run. */
export async function isExecutable(path: string, folder = '/'): Promise<boolean> {
  const file = resolve(folder, path);
  return access(file, constants.X_OK)
    .then(() => stat(file))
    .then(
      (found) => found.isFile(),
      () => false,
    );
}

/** Whether a program of that name is in one of the absolute folders of PATH. */
export async function isOnPath(name: string, path: string): Promise<boolean> {
  const folders = path.split(delimiter).filter(isAbsolute);
  const found = await Promise.all(folders.map((folder) => isExecutable(join(folder, name))));
  return found.includes(true);
}
