import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** The folders of a PATH that are absolute: a relative one names what the current folder holds, which may be a repository's. */
export function programFolders(path: string | undefined): string[] {
  return (path ?? '').split(delimiter).filter(isAbsolute);
}

/** The absolute path of a program that a PATH leads to. */
export function findProgram(name: string, path: string | undefined): string | undefined {
  return programFolders(path)
    .map((folder) => join(folder, name))
    .find((file) => isProgram(file));
}

/** Whether a file is there that can be run. A relative path counts from `folder`. */
export function isProgram(path: string, folder = '/'): boolean {
  const file = resolve(folder, path);
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
