/** Whether `path` is `folder` or lies below it. Both are absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Whether `path` lies within any of the folders. */
export function isWithinAny(path: string, folders: Iterable<string>): boolean {
  for (const folder of folders) if (isWithin(path, folder)) return true;
  return false;
}

/** How many names a path is long: 0 for `/`. Mounting in this order puts what lies inside on top. */
export function depth(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}
