import { basename, dirname, join, sep } from 'node:path';
import type { Task } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';

/** The folder of a task that was sent from elsewhere, as short as tells it from the one here; `''` for those of here. */
export function folderWords({ root }: Task, cwd: string): string {
  if (root === undefined || isWithin(cwd, root) || isWithin(root, cwd)) return '';
  const name = basename(root);
  const isAlike = cwd.split(sep).includes(name);
  return sanitizeLabel(isAlike ? join(basename(dirname(root)), name) : name || root);
}

function isWithin(folder: string, other: string): boolean {
  return folder === other || folder.startsWith(other.endsWith(sep) ? other : other + sep);
}
