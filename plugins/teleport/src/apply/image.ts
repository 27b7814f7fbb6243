import { createHash } from 'node:crypto';
import { constants, createReadStream, type BigIntStats } from 'node:fs';
import { copyFile, lstat, open, readlink } from 'node:fs/promises';
import { onDisk, type RawPath } from '../git/raw-path.ts';

/** What is at a path of the work tree, apart from a folder: nothing, a file, a symbolic link. */
export type Image =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'file';
      /** Permission bits. */
      readonly mode: number;
      readonly sha256: string;
      /** Name of the file in the undo point that holds the bytes. */
      readonly copy: string;
    }
  /** `target` has one character a byte. */
  | { readonly kind: 'link'; readonly target: string };

/** What `lstat` finds; a folder or a device is none of the images. */
export type Found =
  | { readonly kind: 'absent' | 'folder' | 'other' }
  | { readonly kind: 'file' | 'link'; readonly stat: BigIntStats };

/** Looks at a path without following a link at its end. Where a parent is no folder, there is nothing. */
export async function look(path: Buffer): Promise<Found> {
  try {
    const stat = await lstat(path, { bigint: true });
    if (stat.isFile()) return { kind: 'file', stat };
    if (stat.isSymbolicLink()) return { kind: 'link', stat };
    return { kind: stat.isDirectory() ? 'folder' : 'other' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    throw error;
  }
}

/** Whether a file was neither written nor replaced between two looks. */
export function untouched(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

/** The target of a link, one character a byte. */
export async function linkTarget(path: Buffer): Promise<string> {
  return (await readlink(path, { encoding: 'buffer' })).toString('latin1');
}

/** Hashes of a file: for comparing, and the id that git gives a blob of these bytes. */
export async function hashFile(
  path: string | Buffer,
  size: bigint,
): Promise<{ sha256: string; blob: string }> {
  const sha256 = createHash('sha256');
  const blob = createHash('sha1').update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    blob.update(chunk);
  }
  return { sha256: sha256.digest('hex'), blob: blob.digest('hex') };
}

/** The id that git gives to a link. */
export function linkBlob(target: string): string {
  return createHash('sha1').update(`blob ${target.length}\0`).update(target, 'latin1').digest('hex');
}

/** Copies a file and its bytes reach the disk. */
export async function copySynced(from: string | Buffer, to: string | Buffer, mode: number): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await using file = await open(to, 'r');
  await file.chmod(mode);
  await file.sync();
}

/** Whether the path holds this image now. What is behind a link is not at the path. */
export async function holds(root: string, path: RawPath, image: Image): Promise<boolean> {
  const place = onDisk(root, path);
  const found: Found = (await isBehindLink(root, path)) ? { kind: 'absent' } : await look(place);
  if (found.kind === 'file' && image.kind === 'file') {
    if (Number(found.stat.mode & 0o7777n) !== image.mode) return false;
    return (await hashFile(place, found.stat.size)).sha256 === image.sha256;
  }
  if (found.kind === 'link' && image.kind === 'link') return (await linkTarget(place)) === image.target;
  return image.kind === 'absent' && (found.kind === 'absent' || found.kind === 'folder');
}

/** Whether a folder above the path is a link, which may lead out of the tree. */
export async function isBehindLink(root: string, path: RawPath): Promise<boolean> {
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const { kind } = await look(onDisk(root, path.slice(0, end)));
    if (kind !== 'folder') return kind === 'link';
  }
  return false;
}
