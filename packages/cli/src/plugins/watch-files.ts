import { statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors write a file in several steps. */
const settleMs = 50;

/** Looks at files, also at such as are not there yet, or are replaced by others of their name. */
export interface FileWatcher {
  /** Looks at these from now on: each with the state in which it is known, which it may not be in any more. */
  look(files: ReadonlyMap<string, string>): void;
  close(): void;
}

/** Calls `changed` when one of the files is not in the state any more in which it is known. */
export function watchFiles(changed: () => void): FileWatcher {
  const watchers = new Map<string, FSWatcher>();
  let files: Map<string, string> = new Map();
  let timer: NodeJS.Timeout | undefined;
  const compare = (): void => {
    let isChanged = false;
    for (const [path, known] of files) {
      const state = fileState(path);
      if (state === known) continue;
      files.set(path, state);
      isChanged = true;
    }
    if (isChanged) changed();
  };
  const open = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name !== null && !Array.from(files.keys()).some((file) => basename(file) === name)) return;
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
      files = new Map(wanted);
      const folders = new Set(Array.from(files.keys(), (file) => dirname(file)));
      for (const folder of watchers.keys()) if (!folders.has(folder)) forget(folder);
      for (const folder of folders) if (!watchers.has(folder)) open(folder);
      compare();
    },
    close() {
      clearTimeout(timer);
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}

/** Another text whenever the file at `path` is replaced, written or removed. */
export function fileState(path: string): string {
  const { ino, size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return `${ino} ${size} ${mtimeMs}`;
}
