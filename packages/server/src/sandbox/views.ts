import { dirname, join } from 'node:path';
import type { FolderEntry, FolderReader } from './folder-reader.ts';
import { depth } from './paths.ts';

/** What bubblewrap is told of one place. */
export interface Mount {
  readonly target: string;
  readonly args: readonly string[];
}

/** What is not to be seen of folders that are. */
export interface ViewsOptions {
  /** Files, by absolute paths. */
  readonly without: readonly string[];
  /** Other paths that are hidden already. */
  readonly hidden: readonly string[];
  /** An empty file on the host, shown in place of one that is covered. */
  readonly empty: string;
  readonly isWritable: (folder: string) => boolean;
  readonly reader: FolderReader;
}

/**
 * How many entries all views have together. bubblewrap reads the list of mounts for each (300 take half a second, 1000
 * ten), and takes 9000 words.
 */
const mostEntries = 300;

/** A folder, and what of it is to be seen. */
interface Folder {
  readonly path: string;
  readonly shown: readonly { readonly path: string; readonly kind: FolderEntry['kind'] }[];
}

/**
 * Folders without some of their files: each is an empty one, in which everything else has its place. To cover such a
 * file alone does not last. Who renews it writes another and moves that into its place, and the kernel takes away
 * what covered the old one, in every namespace (rename(2) of a mount point, since Linux 3.18). So that is left to
 * folders of hundreds of entries.
 *
 * Nothing can be made in such a view itself, where it is writable: it would be lost.
 */
export function viewsWithout({ without, hidden, empty, isWritable, reader }: ViewsOptions): {
  readonly folders: readonly string[];
  readonly mounts: readonly Mount[];
} {
  const concealed = new Set([...without, ...hidden]);
  const all = [...new Set(without.map((path) => dirname(path)))].map((folder): Folder => {
    const entries = reader.list(folder).map(({ name, kind }) => ({ path: join(folder, name), kind }));
    return { path: folder, shown: entries.filter(({ path }) => !concealed.has(path)) };
  });
  const viewed = smallest(all).sort((one, other) => depth(one.path) - depth(other.path));
  const folders = viewed.map(({ path }) => path);
  const views = viewed.flatMap(({ path: folder, shown }) => {
    const bind = isWritable(folder) ? '--bind-try' : '--ro-bind-try';
    return [
      { target: folder, args: ['--tmpfs', folder] },
      ...shown.map(({ path, kind }) => {
        const link = kind === 'link' ? reader.link(path) : undefined;
        return { target: path, args: link === undefined ? [bind, path, path] : ['--symlink', link, path] };
      }),
    ];
  });
  const covered = without.filter((path) => !folders.includes(dirname(path)));
  const covers = covered.map((path) => ({ target: path, args: ['--ro-bind', empty, path] }));
  // A view in another comes after it, and so does what is covered there.
  return { folders, mounts: [...views, ...covers] };
}

/** As many folders as have {@link mostEntries} together. */
function smallest(folders: readonly Folder[]): Folder[] {
  let left = mostEntries;
  return folders
    .toSorted((one, other) => one.shown.length - other.shown.length)
    .filter(({ shown }) => (left -= shown.length) >= 0);
}
