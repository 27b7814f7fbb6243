import { lstatSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { replaceFile } from '@prefish/durable';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import type { Shadow } from './shadow.ts';

/** After how many folders other work of this process gets its turn: a few milliseconds. */
const stride = 100;

/** What changed so shortly before it was read may change again without another time, in milliseconds. */
export const coarsestMs = 2000;

/** What was in a folder when it was read. */
export interface Folder {
  /** When its names or its mode changed, which nobody can set back: ctime. */
  readonly changedMs: number;
  /** When its `.gitignore` did. */
  readonly rulesMs?: number;
  readonly folders: readonly RawPath[];
  /** Pipes, sockets and devices. */
  readonly special: readonly RawPath[];
}

/** What is known of the folders of a work tree from the last time. */
export interface KnownFolders {
  readonly folders: Readonly<Record<RawPath, Folder>>;
  /** What git ignored when there was nothing else that its index had not. */
  readonly listed?: {
    /** What this depends on, apart from the folders: see {@link listingKey}. */
    readonly key: string;
    /** As git lists them: a folder ends in `/`. */
    readonly ignored: readonly RawPath[];
  };
}

/** What was found in the folders of a work tree. */
export interface FoundFolders {
  /** Those that can be known again. */
  readonly folders: Readonly<Record<RawPath, Folder>>;
  /** Whether these are all. */
  readonly isWhole: boolean;
  /** Whether anything is not as it was known. */
  readonly isNews: boolean;
  readonly special: readonly RawPath[];
}

/** Reads what {@link writeKnownFolders} has written. */
export async function readKnownFolders({ folder }: Pick<Shadow, 'folder'>): Promise<KnownFolders> {
  try {
    const { folders, listed } = JSON.parse(await readFile(join(folder, fileName), 'utf8')) as KnownFolders;
    return { folders: folders ?? {}, ...(listed && { listed }) };
  } catch {
    return { folders: {} };
  }
}

/** Keeps it for the next time. */
export async function writeKnownFolders(
  { folder }: Pick<Shadow, 'folder'>,
  known: KnownFolders,
): Promise<void> {
  await replaceFile(join(folder, fileName), JSON.stringify(known));
}

const fileName = 'prefish-folders';

/** Whether git would list the same again: no folder and no ignore file has changed. */
export async function isStillSo(
  known: KnownFolders,
  root: string,
  key: string | undefined,
): Promise<boolean> {
  if (known.listed === undefined || known.listed.key !== key) return false;
  let count = 0;
  for (const [path, folder] of Object.entries(known.folders)) {
    if (++count % stride === 0) await nextTurn();
    if (changedMs(root, path) !== folder.changedMs) return false;
    if (folder.rulesMs !== undefined && changedMs(root, rulesOf(path)) !== folder.rulesMs) return false;
  }
  return true;
}

/**
 * Looks into the folders of a work tree: of 50,000 files in 1,000 folders it takes 5 milliseconds, not 35, to look only
 * into those that have changed since.
 *
 * @param passed Where nobody looks: what is ignored, and what is looked at by itself
 * @param before What changed later is not known again, in milliseconds since 1970
 */
export async function findFolders(
  root: string,
  known: KnownFolders['folders'],
  passed: ReadonlySet<RawPath>,
  before: number,
  signal?: AbortSignal,
): Promise<FoundFolders> {
  const folders: Record<RawPath, Folder> = {};
  const special: RawPath[] = [];
  let [isWhole, isNews] = [true, false];
  const waiting: RawPath[] = [''];
  for (let path = waiting.pop(), count = 1; path !== undefined; path = waiting.pop(), count += 1) {
    if (count % stride === 0) await nextTurn();
    signal?.throwIfAborted();
    const folder = look(root, path, known[path]);
    if (folder !== known[path]) isNews = true;
    if (folder !== undefined && Math.max(folder.changedMs, folder.rulesMs ?? 0) < before)
      folders[path] = folder;
    else isWhole = false;
    const inside = path === '' ? '' : `${path}/`;
    for (const name of folder?.folders ?? []) if (!passed.has(inside + name)) waiting.push(inside + name);
    for (const name of folder?.special ?? []) if (!passed.has(inside + name)) special.push(inside + name);
  }
  return { folders, isWhole, isNews, special };
}

/** What is in a folder, as it is known where it has not changed since; `undefined` where it cannot be read. */
function look(root: string, path: RawPath, known: Folder | undefined): Folder | undefined {
  try {
    const changed = changedMs(root, path)!;
    const rulesMs = changedMs(root, rulesOf(path));
    if (known?.changedMs === changed && known.rulesMs === rulesMs) return known;
    const folders: RawPath[] = [];
    const special: RawPath[] = [];
    for (const entry of readdirSync(onDisk(root, path), { withFileTypes: true, encoding: 'latin1' })) {
      if (entry.isFile() || entry.isSymbolicLink() || entry.name === '.git') continue;
      (entry.isDirectory() ? folders : special).push(entry.name);
    }
    return { changedMs: changed, ...(rulesMs !== undefined && { rulesMs }), folders, special };
  } catch {
    return undefined;
  }
}

function rulesOf(path: RawPath): RawPath {
  return path === '' ? '.gitignore' : `${path}/.gitignore`;
}

function changedMs(root: string, path: RawPath): number | undefined {
  return lstatSync(onDisk(root, path), { throwIfNoEntry: false })?.ctimeMs;
}
