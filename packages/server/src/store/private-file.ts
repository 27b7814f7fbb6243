import { chmodSync, closeSync, openSync, statSync } from 'node:fs';

/** What the owner's group needs for a database: reading one writes too. */
const groupMayUse = 0o060;

/**
 * Makes a file, where it is absent, and keeps it to its owner, whatever folder it is in and whatever the umask says.
 * A group that may read and write one that is there is somebody's wish, and stays; nobody else can read it.
 */
export function keepPrivate(path: string): void {
  try {
    // Never opens one that is there: closing it would take away the locks that SQLite has on it in this process.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    takeFromOthers(path);
  }
}

/** Keeps a file that may be there to its owner, as {@link keepPrivate} does. */
export function takeFromOthers(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return;
  const kept = (mode & groupMayUse) === groupMayUse ? 0o660 : 0o600;
  if ((mode & 0o777 & ~kept) === 0) return;
  try {
    chmodSync(path, mode & kept);
  } catch {
    // Another user's, who may open it as one of its group: its owner does this.
  }
}
