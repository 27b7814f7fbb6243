import { delimiter, dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `NODE_PATH` as the user has it: without the folders that pnpm's launcher of this prefish has put in front, which are
 * in the `node_modules/.pnpm` that prefish is installed with.
 *
 * @param value As it was found
 * @param file A file of prefish. Default: this one
 * @returns `undefined` where the user has none
 */
export function usersNodePath(
  value: string | undefined,
  file: string = fileURLToPath(import.meta.url),
): string | undefined {
  if (value === undefined || !value.includes('.pnpm')) return value;
  const isOurs = (folder: string): boolean => {
    const path = `${resolve(folder)}${sep}`;
    return parentsOf(file).some((parent) => path.startsWith(join(parent, 'node_modules', '.pnpm', sep)));
  };
  const folders = value.split(delimiter).filter((folder) => folder === '' || !isOurs(folder));
  return folders.length === 0 ? undefined : folders.join(delimiter);
}

function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
}
