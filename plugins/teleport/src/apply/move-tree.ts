import { mkdir, open, rename, rm, rmdir, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import { copySynced, look, type Image } from './image.ts';
import { inParallel } from './in-parallel.ts';

/** One step: `path` holds `from` and shall hold `to`. */
export interface Step {
  readonly path: RawPath;
  /** Names the temporary file: the place of the change in its journal. */
  readonly number: number;
  readonly from: Image;
  readonly to: Image;
  /** Asked right before the path changes: whether it still holds `from`. */
  unchanged(): Promise<boolean>;
}

/** Where a move takes place. */
export interface Place {
  readonly root: string;
  /** The folder of the copies that images name. */
  readonly copies: string;
  /** The journal's id, in the names of temporary files. */
  readonly id: string;
}

/** A path was changed by someone else right before its turn. */
export class TreeChangedError extends Error {
  override readonly name: string = 'TreeChangedError';
  readonly path: RawPath;

  constructor(path: RawPath) {
    super('The work tree was changed meanwhile');
    this.path = path;
  }
}

/**
 * Takes a tree through the steps. What needs room on the disk is written first, beside the files;
 * then paths are unlinked and renamed into place, each at one instant.
 *
 * @throws TreeChangedError, or the system's error; the tree may then be between the two
 */
export async function moveTree(place: Place, steps: readonly Step[]): Promise<void> {
  const writes = steps.filter((step) => step.to.kind !== 'absent');
  const deletions = steps.filter((step) => step.to.kind === 'absent');
  const temporaries = await inParallel(writes, (step) => writeTemporary(place, step));
  for (const step of deletions) {
    if (!(await step.unchanged())) throw new TreeChangedError(step.path);
    if (step.from.kind !== 'absent') await unlink(onDisk(place.root, step.path));
  }
  for (const step of deletions) await removeEmptyParents(place.root, step.path);
  for (const [index, step] of writes.entries()) {
    if (!(await step.unchanged())) throw new TreeChangedError(step.path);
    await makeParents(place.root, step.path);
    await removeEmptyFolder(place.root, step.path);
    await rename(temporaries[index]!, onDisk(place.root, step.path));
  }
  await syncFolders(place.root, steps);
}

/** Removes the temporary files that a move which did not end has left. */
export async function removeTemporaries(place: Place, paths: readonly RawPath[]): Promise<void> {
  for (const [number, path] of paths.entries()) {
    for (const folder of parentsOf(path))
      await rm(temporaryIn(place, folder, number), { force: true }).catch(ignoreNotAFolder);
  }
}

/** The folders above a path, nearest first; `''` is the top. */
export function parentsOf(path: RawPath): RawPath[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - 1 - index).join('/'));
}

async function writeTemporary(place: Place, step: Step): Promise<Buffer> {
  const temporary = temporaryIn(place, await nearestFolder(place.root, step.path), step.number);
  await rm(temporary, { force: true });
  if (step.to.kind === 'link') await symlink(Buffer.from(step.to.target, 'latin1'), temporary);
  if (step.to.kind === 'file') await copySynced(join(place.copies, step.to.copy), temporary, step.to.mode);
  return temporary;
}

function temporaryIn(place: Place, folder: RawPath, number: number): Buffer {
  const name = `.prefish-${place.id}-${number}`;
  return onDisk(place.root, folder === '' ? name : `${folder}/${name}`);
}

/** The nearest folder above a path that is there, none of its own parents being a link. */
async function nearestFolder(root: string, path: RawPath): Promise<RawPath> {
  let nearest = '';
  for (const folder of parentsOf(path).reverse()) {
    if (folder !== '' && (await look(onDisk(root, folder))).kind !== 'folder') break;
    nearest = folder;
  }
  return nearest;
}

async function makeParents(root: string, path: RawPath): Promise<void> {
  for (const folder of parentsOf(path).reverse()) {
    if (folder === '') continue;
    const found = await look(onDisk(root, folder));
    if (found.kind === 'absent') await mkdir(onDisk(root, folder));
    else if (found.kind !== 'folder') throw new TreeChangedError(folder);
  }
}

async function removeEmptyParents(root: string, path: RawPath): Promise<void> {
  for (const folder of parentsOf(path)) {
    if (folder === '' || !(await removeEmptyFolder(root, folder))) return;
  }
}

/** False when there is something in the folder, or no folder. */
async function removeEmptyFolder(root: string, path: RawPath): Promise<boolean> {
  return rmdir(onDisk(root, path)).then(
    () => true,
    () => false,
  );
}

async function syncFolders(root: string, steps: readonly Step[]): Promise<void> {
  const folders = await inParallel(steps, (step) => nearestFolder(root, step.path));
  await inParallel([...new Set(folders)], async (folder) => {
    await using handle = await open(folder === '' ? root : onDisk(root, folder), 'r');
    await handle.sync();
  });
}

function ignoreNotAFolder(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTDIR') throw error;
}
