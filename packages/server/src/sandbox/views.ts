import { dirname, join } from 'node:path';
import type { FolderReader } from './folder-reader.ts';
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
  readonly isWritable: (folder: string) => boolean;
  readonly reader: FolderReader;
}

/**
 * Folders without some of their files: each is an empty one, in which everything else has its place. To cover such a
 * file alone would not last. Who renews it writes another and moves that into its place, and the kernel takes away
 * what covered the old one, in every namespace (rename(2) of a mount point, since Linux 3.18).
 *
 * Nothing can be made in such a folder itself, where it is writable: it would be lost.
 */
export function viewsWithout({ without, hidden, isWritable, reader }: ViewsOptions): {
  readonly folders: readonly string[];
  readonly mounts: readonly Mount[];
} {
  const concealed = new Set([...without, ...hidden]);
  // One in another comes after it.
  const folders = [...new Set(without.map((path) => dirname(path)))].sort(
    (one, other) => depth(one) - depth(other),
  );
  const mounts = folders.flatMap((folder) => {
    const bind = isWritable(folder) ? '--bind-try' : '--ro-bind-try';
    const entries = reader.list(folder).map(({ name, kind }) => ({ path: join(folder, name), kind }));
    const shown = entries.filter(({ path }) => !concealed.has(path));
    return [
      { target: folder, args: ['--tmpfs', folder] },
      ...shown.map(({ path, kind }) => {
        const link = kind === 'link' ? reader.link(path) : undefined;
        return { target: path, args: link === undefined ? [bind, path, path] : ['--symlink', link, path] };
      }),
    ];
  });
  return { folders, mounts };
}
