import { statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors write a file in several steps. */
const settleMs = 50;

/** Looks at files, also at such as are not there yet, or are replaced by others of their name. */
export interface FileWatcher {
  /** Looks at these from now on, and takes them for known as they are. */
  look(files: Iterable<string>): void;
  close(): void;
}

/** Calls `changed` when one of the files has another content than when it was looked at. */
export function watchFiles(changed: () => void): FileWatcher {
  const watchers = new Map<string, FSWatcher>();
  let files: readonly string[] = [];
  let known = '';
  let timer: NodeJS.Timeout | undefined;
  const compare = (): void => {
    if (stateOf(files) === known) return;
    known = stateOf(files);
    changed();
  };
  const open = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name !== null && !files.some((file) => basename(file) === name)) return;
        clearTimeout(timer);
        timer = setTimeout(compare, settleMs);
      });
      // A folder that goes away is looked at again when the files of the module are.
      watcher.on('error', () => forget(folder));
      watchers.set(folder, watcher);
    } catch {
      // There is no such folder yet.
    }
  };
  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  return {
    look(wanted) {
      files = [...wanted];
      known = stateOf(files);
      const folders = new Set(files.map((file) => dirname(file)));
      for (const folder of watchers.keys()) if (!folders.has(folder)) forget(folder);
      for (const folder of folders) if (!watchers.has(folder)) open(folder);
    },
    close() {
      clearTimeout(timer);
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}

function stateOf(files: readonly string[]): string {
  return files
    .map((path) => {
      const { ino, size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
      return `${path} ${ino} ${size} ${mtimeMs}`;
    })
    .join('\n');
}
