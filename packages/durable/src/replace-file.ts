import { randomBytes } from 'node:crypto';
import { open, readdir, readlink, realpath, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** How the new file is made. */
export interface ReplaceFileOptions {
  /** Permission bits. Default: those of the file replaced, else what the umask leaves of 0666. */
  readonly mode?: number;
  /** Called when the new file is written, right before it takes the place of the old one. When it throws, nothing has changed. */
  readonly beforeRename?: () => Promise<void>;
}

// write-file-atomic 8 does not sync the folder, does not continue a short write, puts a file in the
// place of a symlink whose target is missing, and wants a newer Node than prefish does.

/**
 * Replaces the content of a file, or makes the file, so that a reader or a crash sees the old or
 * the new content whole. A symlink stays and its target is written; mode and owner of an existing
 * file stay. Hard links to the old file keep the old content. On failure nothing has changed and
 * nothing is left behind.
 *
 * @throws the system's error: `EACCES`, `ENOSPC`, `ENOENT` (no such folder) …; `EISDIR` for
 * anything but a regular file
 */
export async function replaceFile(
  path: string,
  bytes: string | Uint8Array,
  options: ReplaceFileOptions = {},
): Promise<void> {
  const target = await finalTarget(resolve(path));
  const existing = await statOrUndefined(target);
  if (existing && !existing.isFile()) {
    throw Object.assign(new Error(`EISDIR: ${target} is not a regular file`), {
      code: 'EISDIR',
      path: target,
    });
  }
  const temporary = join(
    dirname(target),
    `${temporaryPrefix(target)}${randomBytes(temporaryBytes).toString('hex')}.tmp`,
  );
  // Opened first, so that nothing can fail for want of it once the file is in its place.
  await using folder = await open(dirname(target), 'r');
  try {
    await writeTemporary(temporary, bytes, existing, options.mode);
    await options.beforeRename?.();
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await folder.sync();
}

/**
 * Removes what processes that were killed in {@link replaceFile} left beside a file. Only for who
 * knows, by a lock, that nobody replaces it now.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const target = await finalTarget(resolve(path));
  const prefix = temporaryPrefix(target);
  const entries = await readdir(dirname(target)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of entries) {
    if (!name.startsWith(prefix) || !isTemporary(name.slice(prefix.length))) continue;
    await unlink(join(dirname(target), name)).catch(() => {});
  }
}

const temporaryBytes = 6;

function temporaryPrefix(target: string): string {
  return `.${basename(target).slice(0, 200)}.`;
}

function isTemporary(rest: string): boolean {
  return /^[0-9a-f]+\.tmp$/.test(rest) && rest.length === temporaryBytes * 2 + '.tmp'.length;
}

async function writeTemporary(
  path: string,
  bytes: string | Uint8Array,
  existing: Stats | undefined,
  explicitMode: number | undefined,
): Promise<void> {
  const mode = explicitMode ?? (existing && existing.mode & 0o7777);
  await using file = await open(path, 'wx', mode === undefined ? 0o666 : 0o600);
  await file.writeFile(bytes);
  if (existing) await keepOwner(file, existing);
  if (mode !== undefined) await file.chmod(mode);
  await file.sync();
}

async function keepOwner(file: FileHandle, existing: Stats): Promise<void> {
  const { uid, gid } = await file.stat();
  if (uid === existing.uid && gid === existing.gid) return;
  await file.chown(existing.uid, existing.gid).catch((error: NodeJS.ErrnoException) => {
    // Only root may give files away: who may not still replaces what the folder lets them replace.
    if (error.code !== 'EPERM') throw error;
  });
}

/** Where a chain of symlinks ends, whether or not there is a file. */
async function finalTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const link = await readlink(path).catch(() => undefined);
    return link === undefined ? path : finalTarget(resolve(dirname(path), link));
  }
}

async function statOrUndefined(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
