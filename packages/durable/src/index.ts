/** Files that survive a crash: locks held by the kernel, atomic replacement, synced writes; and what files take. */
export { diskUse } from './disk-use.ts';
export { LockTimeoutError, withLock, type LockOptions } from './lock.ts';
export { removeLeftovers, replaceFile, type ReplaceFileOptions } from './replace-file.ts';
export { removeDurably, writeDurably } from './write-durably.ts';
