/**
 * A path as git and the disk know it: one character is one byte, so that names which are not UTF-8
 * survive. Relative to the top of the work tree, `/` between parts.
 */
export type RawPath = string;

/** A raw path for people, and for JSON: as UTF-8, what is none shown as U+FFFD. */
export function displayPath(path: RawPath): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** The raw path of a path that the user typed. */
export function rawPath(path: string): RawPath {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** The absolute path of `path` below `root`, as node:fs takes it. */
export function onDisk(root: string, path: RawPath): Buffer {
  return Buffer.concat([Buffer.from(`${root === '/' ? '' : root}/`), Buffer.from(path, 'latin1')]);
}
