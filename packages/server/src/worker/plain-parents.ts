import { lstat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

/** Whether no folder above `path` and below `top` is a symbolic link; those that are not there yet do no harm. */
export async function hasPlainParents(path: string, top: string): Promise<boolean> {
  const parts = dirname(path).split(sep);
  for (let length = 1; length <= parts.length; length += 1) {
    const parent = join(top, ...parts.slice(0, length));
    const found = await lstat(parent).catch(() => undefined);
    if (found === undefined) return true;
    if (!found.isDirectory()) return false;
  }
  return true;
}
