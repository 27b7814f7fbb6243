import type { BigIntStats } from 'node:fs';
import { access, constants, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PrefishError } from '@prefish/core';
import type { MemoryTarget } from '../targets/target.ts';

/** A document as it was read. */
export interface DocumentOnDisk {
  /** One character for each byte. */
  readonly text: string;
  /** Another one after each change of the file. */
  readonly version: string;
}

/**
 * Reads what is going to be edited; nothing when there is no file.
 *
 * @throws PREFISH_MEMORY_WRITE for what is no file, is read-only, or is UTF-16; the system's errors
 */
export async function readDocument(path: string): Promise<DocumentOnDisk | undefined> {
  const stats = await statOrUndefined(path);
  if (stats === undefined) return undefined;
  const refused = (why: string): PrefishError =>
    new PrefishError('PREFISH_MEMORY_WRITE', `${path} ${why}; it is as it was.`);
  if (!stats.isFile()) throw refused('is not a file');
  // Root may write anything, and replacing a file asks only its folder: what is marked read-only stays.
  if ((stats.mode & 0o222n) === 0n) throw refused('is read-only');
  await access(path, constants.W_OK);
  const text = (await readFile(path)).toString('latin1');
  if (text.includes('\0')) throw refused('is no UTF-8 text');
  return { text, version: versionOf(stats) };
}

/** @throws `ESTALE` where the file at `path` is not the one that was read */
export async function refuseChanged(path: string, read: DocumentOnDisk | undefined): Promise<void> {
  const stats = await statOrUndefined(path);
  if (read?.version === (stats && versionOf(stats))) return;
  throw Object.assign(new Error('others keep changing it'), { code: 'ESTALE' });
}

/**
 * A repository that somebody else made may hold a link to any file of the user.
 *
 * @throws PREFISH_MEMORY_WRITE where the target leads out of its root
 */
export async function refuseOutside({ path, root }: MemoryTarget): Promise<void> {
  if (root === undefined) return;
  const [target, top] = await Promise.all([finalTarget(path), realpath(root)]);
  if (target.startsWith(`${top === '/' ? '' : top}/`)) return;
  throw new PrefishError(
    'PREFISH_MEMORY_WRITE',
    `${path} leads out of ${root}, to ${target}; it is as it was.`,
    { hint: 'Put a file in the place of the link, or write the note there yourself.' },
  );
}

/** Where a chain of links ends, whether or not there is a file. */
async function finalTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const folder = await realpath(dirname(path));
    const link = await readlink(path).catch(() => undefined);
    return link === undefined ? join(folder, basename(path)) : finalTarget(resolve(folder, link));
  }
}

async function statOrUndefined(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
