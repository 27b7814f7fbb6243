/**
 * Files that survive a crash: locks held by the kernel, atomic replacement, synced writes, objects of git that stay
 * when their repository goes; and what files take.
 */
export { diskUse } from './disk-use.ts';
export {
  filesOfPack,
  linkObjects,
  listObjects,
  listPacks,
  NotLinkable,
  sizeOfObjects,
  type Objects,
} from './link-objects.ts';
export { LockTimeoutError, withLock, type LockOptions } from './lock.ts';
export { removeLeftovers, replaceFile, type ReplaceFileOptions } from './replace-file.ts';
export { syncFileSystem, type SyncOptions } from './sync-file-system.ts';
export { removeDurably, writeDurably } from './write-durably.ts';
