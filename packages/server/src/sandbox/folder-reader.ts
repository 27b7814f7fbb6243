import type { Dirent, Stats } from 'node:fs';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, realpathSync } from 'node:fs';

/** An entry of a folder, as far as the sandbox's rules look at it. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'socket' | 'other';
}

/** The little that the rules of the sandbox ask of a file system, so that they can be tried without one. */
export interface FolderReader {
  /** The entries of a folder; none when it cannot be read. */
  list(folder: string): readonly FolderEntry[];
  /** The path with every symbolic link resolved, or `undefined` when nothing is there. */
  resolve(path: string): string | undefined;
  /** Where a symbolic link points, as written in it; `undefined` for anything else. */
  link(path: string): string | undefined;
  /** The beginning of a file, at most 64 KiB; empty when it cannot be read. */
  head(path: string): string;
  kind(path: string): FolderEntry['kind'] | undefined;
}

/** The machine's own file system. */
export const diskReader: FolderReader = {
  list(folder) {
    return attempt(() => readdirSync(folder, { withFileTypes: true }), []).map((entry) => ({
      name: entry.name,
      kind: kindOf(entry),
    }));
  },
  resolve: (path) => attempt(() => realpathSync(path), undefined),
  link: (path) => attempt(() => readlinkSync(path), undefined),
  head(path) {
    return attempt(() => {
      const file = openSync(path, 'r');
      try {
        const buffer = Buffer.alloc(64 * 1024);
        return buffer.toString('latin1', 0, readSync(file, buffer));
      } finally {
        closeSync(file);
      }
    }, '');
  },
  kind: (path) => attempt(() => kindOf(lstatSync(path)), undefined),
};

function kindOf(entry: Dirent | Stats): FolderEntry['kind'] {
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isDirectory()) return 'folder';
  if (entry.isSocket()) return 'socket';
  return entry.isFile() ? 'file' : 'other';
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
