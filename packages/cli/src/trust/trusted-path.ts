import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';

/**
 * The path as the file system itself has it: no symlinks, and where case or Unicode form does not count, the
 * one that is stored. Two spellings of a file are one path.
 */
export function realPath(path: string): string {
  return realpathSync.native(path);
}

/** Whether `path` lies in `folder` or below it. Both are real paths. */
export function isInside(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}

/**
 * Whether the file belongs to an installed package, which is as trustworthy as what installed it. Names of
 * folders above the root do not count.
 */
export function isInstalled(path: string, root: string): boolean {
  return (isInside(path, root) ? relative(root, path) : path).split(sep).includes('node_modules');
}

/** How a record names a file: relative to the root, with `/`; a file outside of it by its whole path. */
export function keyOf(path: string, root: string): string {
  return isInside(path, root) ? relative(root, path).split(sep).join('/') : path;
}

/** The path that {@link keyOf} named. */
export function pathOf(key: string, root: string): string {
  return isAbsolute(key) ? key : join(root, key);
}
