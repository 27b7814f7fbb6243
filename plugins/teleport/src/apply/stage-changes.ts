import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawChange } from '../git/raw-diff.ts';
import { onDisk, type RawPath } from '../git/raw-path.ts';
import type { Shadow } from '../snapshot/shadow.ts';
import {
  copySynced,
  hashFile,
  linkBlob,
  linkTarget,
  look,
  untouched,
  type Found,
  type Image,
} from './image.ts';
import { inParallel } from './in-parallel.ts';
import type { Change } from './journal.ts';
import { TreeChangedError, parentsOf } from './move-tree.ts';

/** Something is where the result would write, and the snapshot knows nothing of it: it is ignored, or stayed here. */
export class OccupiedError extends Error {
  override readonly name: string = 'OccupiedError';
  readonly path: RawPath;

  constructor(path: RawPath) {
    super('A file that did not go along is where the result would write');
    this.path = path;
  }
}

/** The changes with copies of both sides in the journal's folder, and what was seen in the tree. */
export interface Staged {
  readonly changes: readonly Change[];
  readonly seen: ReadonlyMap<RawPath, Found>;
}

/**
 * Copies what each path holds now and what the merged tree has for it, as a checkout would write it,
 * into `folder`. The tree is only read.
 *
 * @param changes From the snapshot just taken to `tree`
 * @param hidden What of them is in the snapshot, and not on the disk: see {@link notCheckedOut}
 * @throws TreeChangedError when a path is no longer as in the snapshot, OccupiedError
 */
export async function stageChanges(
  shadow: Shadow,
  root: string,
  tree: string,
  changes: readonly RawChange[],
  hidden: ReadonlySet<RawPath>,
  folder: string,
  signal?: AbortSignal,
): Promise<Staged> {
  const leaving = new Set(
    changes.filter(({ status }) => status === 'D' || status === 'T').map(({ path }) => path),
  );
  const seen = new Map<RawPath, Found>();
  const converted: RawChange[] = [];
  const before = await inParallel(changes, async (change, number) => {
    const found = await lookInside(root, change, leaving, hidden);
    seen.set(change.path, found);
    const { image, blob } = await copyBefore(root, change.path, found, folder, number);
    if (blob !== undefined && blob !== change.oldId) {
      if (image.kind !== 'file') throw new TreeChangedError(change.path);
      converted.push(change);
    }
    return image;
  });
  await refuseChanged(shadow, root, converted, seen, signal);
  const after = await copyAfter(shadow, tree, changes, before, folder, signal);
  return {
    seen,
    changes: changes.map(({ path }, number) => ({ path, before: before[number]!, after: after[number]! })),
  };
}

/** What is at the path, checked against what the snapshot says is there. */
async function lookInside(
  root: string,
  change: RawChange,
  leaving: ReadonlySet<RawPath>,
  hidden: ReadonlySet<RawPath>,
): Promise<Found> {
  for (const parent of parentsOf(change.path)) {
    if (parent === '') continue;
    const { kind } = await look(onDisk(root, parent));
    if (kind !== 'absent' && kind !== 'folder' && !leaving.has(parent)) throw new OccupiedError(parent);
    // A link that leaves: what is seen through it is not the tree's.
    if (kind === 'link') return { kind: 'absent' };
  }
  const found = await look(onDisk(root, change.path));
  if (change.status === 'A') {
    if (found.kind === 'absent') return found;
    if (found.kind !== 'folder') throw new OccupiedError(change.path);
    await refuseOccupied(root, change.path, leaving);
    return { kind: 'absent' };
  }
  if (found.kind === 'absent' && hidden.has(change.path)) return found;
  const expected = change.oldMode === '120000' ? 'link' : 'file';
  if (found.kind !== expected) throw new TreeChangedError(change.path);
  return found;
}

/** A file takes the place of a folder only when everything in the folder leaves. */
async function refuseOccupied(root: string, path: RawPath, leaving: ReadonlySet<RawPath>): Promise<void> {
  for (const name of await readdir(onDisk(root, path), { encoding: 'buffer' })) {
    const inside = `${path}/${name.toString('latin1')}`;
    const { kind } = await look(onDisk(root, inside));
    if (kind === 'folder') await refuseOccupied(root, inside, leaving);
    else if (!leaving.has(inside)) throw new OccupiedError(inside);
  }
}

async function copyBefore(
  root: string,
  path: RawPath,
  found: Found,
  folder: string,
  number: number,
): Promise<{ image: Image; blob?: string }> {
  const place = onDisk(root, path);
  if (found.kind === 'link') {
    const target = await linkTarget(place);
    return { image: { kind: 'link', target }, blob: linkBlob(target) };
  }
  if (found.kind !== 'file') return { image: { kind: 'absent' } };
  const copy = `${number}.before`;
  await copySynced(place, join(folder, copy), 0o600);
  const { sha256, blob } = await hashFile(join(folder, copy), found.stat.size);
  return { image: { kind: 'file', mode: Number(found.stat.mode & 0o7777n), sha256, copy }, blob };
}

/** Files whose bytes differ from their blob: git says whether line ends and filters account for it. */
async function refuseChanged(
  shadow: Shadow,
  root: string,
  changes: readonly RawChange[],
  seen: ReadonlyMap<RawPath, Found>,
  signal?: AbortSignal,
): Promise<void> {
  if (changes.length > 0) {
    const input = Buffer.from(changes.map(({ path }) => `${quotePath(path)}\n`).join(''), 'latin1');
    const hashed = await shadow.git(['hash-object', '--stdin-paths'], { input, signal });
    const ids = hashed.stdout.toString('latin1').split('\n');
    const changed = changes.find(({ oldId }, index) => ids[index] !== oldId);
    if (changed) throw new TreeChangedError(changed.path);
  }
  for (const [path, found] of seen) {
    if (found.kind !== 'file') continue;
    const now = await look(onDisk(root, path));
    if (now.kind !== 'file' || !untouched(now.stat, found.stat)) throw new TreeChangedError(path);
  }
}

async function copyAfter(
  shadow: Shadow,
  tree: string,
  changes: readonly RawChange[],
  before: readonly Image[],
  folder: string,
  signal?: AbortSignal,
): Promise<Image[]> {
  const stage = join(folder, 'stage');
  await mkdir(stage);
  const written = changes.filter(({ status }) => status !== 'D');
  const env = { GIT_INDEX_FILE: join(folder, 'index'), GIT_WORK_TREE: stage };
  await shadow.git(['read-tree', tree], { env, signal });
  const input = Buffer.from(written.map(({ path }) => `${path}\0`).join(''), 'latin1');
  await shadow.git(['-c', 'core.sparseCheckout=false', 'checkout-index', '-f', '-z', '--stdin'], {
    cwd: stage,
    env,
    input,
    signal,
  });
  const images = await inParallel(changes, async (change, number): Promise<Image> =>
    change.status === 'D' ? { kind: 'absent' } : takeStaged(stage, change, before[number]!, folder, number),
  );
  await Promise.all([rm(stage, { recursive: true }), rm(join(folder, 'index'), { force: true })]);
  return images;
}

async function takeStaged(
  stage: string,
  change: RawChange,
  before: Image,
  folder: string,
  number: number,
): Promise<Image> {
  const place = onDisk(stage, change.path);
  const found = await look(place);
  if (found.kind === 'link') return { kind: 'link', target: await linkTarget(place) };
  if (found.kind !== 'file') throw new Error(`git did not write ${change.path}`);
  const copy = `${number}.after`;
  await rename(place, join(folder, copy));
  await using file = await open(join(folder, copy), 'r');
  await file.sync();
  const { sha256 } = await hashFile(join(folder, copy), found.stat.size);
  return { kind: 'file', mode: modeAfter(change, before, Number(found.stat.mode & 0o777n)), sha256, copy };
}

/** A file keeps its permissions but for the bits to execute it, when the result changed them. */
function modeAfter({ oldMode, newMode }: RawChange, before: Image, fresh: number): number {
  if (before.kind !== 'file') return fresh;
  if (oldMode === newMode) return before.mode;
  return newMode === '100755' ? before.mode | ((before.mode & 0o444) >> 2) : before.mode & ~0o111;
}

/** A name as `--stdin-paths` takes it: quoted as in C where it would not be one line. */
function quotePath(path: RawPath): string {
  if (!/["\n\\]/.test(path)) return path;
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
