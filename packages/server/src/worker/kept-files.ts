import { constants, type Stats } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, opendir, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PrefishError, type EventBody, type KeptFile } from '@prefish/protocol';
import type { Lease } from '../store/store.ts';
import { canGoAlong, normalizePath } from './carry.ts';
import { hasPlainParents } from './plain-parents.ts';

/** What one task may have kept. */
const [mostFiles, mostBytes] = [10_000, 2 * 1024 ** 3];
/** How many folders, links and files are looked at for that. */
const mostEntries = 200_000;
/** What the disk has left when nothing more is kept, in bytes. */
const spareBytes = 256 * 1024 ** 2;

/** Where what an attempt left behind is kept, below the server's folder. */
export function keptFolder(folder: string, { id, attempt }: Lease): string {
  return join(folder, 'kept', id, String(attempt));
}

/**
 * Copies what a task was to leave behind (`--keep`) out of its work tree: plain files, with their modes, whether
 * git ignores them or not. Links are left out, and no path that leads through one is followed. Call it once no
 * process of the task is left.
 *
 * @returns what the transcript says of paths that were not kept, or not wholly
 */
export async function keepFiles(
  paths: readonly string[],
  tree: string,
  to: string,
  signal?: AbortSignal,
): Promise<readonly EventBody[]> {
  const said: EventBody[] = [];
  const room = {
    entries: mostEntries,
    files: mostFiles,
    bytes: await bytesToFill(dirname(dirname(dirname(to)))),
  };
  for (const path of new Set(paths.map(normalizePath))) {
    const message = await keep(path, tree, to, room, signal);
    if (message !== undefined) said.push({ type: 'warning', code: 'PREFISH_RESULT_PARTIAL', message });
  }
  return said;
}

/** What was kept of an attempt, in the order of the paths. */
export async function listKeptFiles(folder: string): Promise<readonly KeptFile[]> {
  const files: KeptFile[] = [];
  for await (const { path, stats } of entries(folder, '')) {
    if (stats.isFile()) files.push({ path, size: stats.size });
  }
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/**
 * Where a kept file is on the disk.
 *
 * @throws PREFISH_FILE_NOT_KEPT
 */
export async function findKeptFile(folder: string, asked: string): Promise<KeptFile & { file: string }> {
  const path = normalizePath(asked);
  const file = join(folder, path);
  const plain =
    canGoAlong(path) && !path.startsWith('/') && (await hasPlainParents(path, folder).catch(() => false));
  const stats = plain ? await lstat(file).catch(() => undefined) : undefined;
  if (stats?.isFile()) return { path, size: stats.size, file };
  throw new PrefishError(
    'PREFISH_FILE_NOT_KEPT',
    stats?.isDirectory() ? `${path} is a folder` : `No file ${asked} was kept`,
    { hint: 'prefish tasks get ID lists what was. & --keep PATH keeps an ignored file or folder.' },
  );
}

/** Removes what was kept of all attempts at a task. What is not there is no error. */
export async function forgetKeptFiles(folder: string, id: string): Promise<void> {
  await rm(join(folder, 'kept', id), { recursive: true, force: true });
}

async function keep(
  path: string,
  tree: string,
  to: string,
  room: { entries: number; files: number; bytes: number },
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (!canGoAlong(path)) return `${path} was not kept: it is not a path below the work tree`;
  if (!(await hasPlainParents(path, tree))) return `${path} was not kept: it leads through a symbolic link`;
  let found = false;
  let links = 0;
  for await (const { path: below, stats } of entries(tree, path)) {
    signal?.throwIfAborted();
    room.entries -= 1;
    if (room.entries < 0) return `of ${path} not all was kept: there is too much in it`;
    if (stats.isSymbolicLink()) links += 1;
    if (!stats.isFile()) continue;
    found = true;
    room.files -= 1;
    room.bytes -= stats.size;
    if (room.files < 0) return `of ${path} not all was kept: a task may keep ${mostFiles} files`;
    if (room.bytes < 0) return `of ${path} not all was kept: there is no room for it`;
    await mkdir(dirname(join(to, below)), { recursive: true, mode: 0o700 });
    await copyFile(join(tree, below), join(to, below), constants.COPYFILE_FICLONE);
    // A copy of a program that runs as its owner would run as the server's user.
    if ((stats.mode & 0o7000) !== 0) await chmod(join(to, below), stats.mode & 0o777);
  }
  if (!found && links === 0) return `${path} was not kept: the task left no file there`;
  return links === 0 ? undefined : `${path} was kept without ${links} symbolic link${links === 1 ? '' : 's'}`;
}

async function bytesToFill(folder: string): Promise<number> {
  const disk = await statfs(folder).catch(() => undefined);
  const free = disk === undefined ? mostBytes : disk.bavail * disk.bsize - spareBytes;
  return Math.max(0, Math.min(mostBytes, free));
}

/** Everything at `path` and below, by its path relative to `top`; `.git` is passed over, and no link is followed. */
async function* entries(
  top: string,
  path: string,
): AsyncGenerator<{ readonly path: string; readonly stats: Stats }, void, undefined> {
  const stats = await lstat(join(top, path)).catch(() => undefined);
  if (stats === undefined) return;
  yield { path, stats };
  if (!stats.isDirectory()) return;
  const names = await opendir(join(top, path)).catch(() => undefined);
  if (names === undefined) return;
  for await (const { name } of names) {
    if (name.toLowerCase() !== '.git') yield* entries(top, join(path, name));
  }
}
