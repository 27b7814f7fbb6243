import type { Stats } from 'node:fs';
import { link, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFileSystem } from './sync-file-system.ts';

/** Why a folder of git's objects cannot be linked: another disk, somebody else's files, too many of them. */
export class NotLinkable extends Error {
  override readonly name: string = 'NotLinkable';
}

/** More loose objects are left for `git gc`, which packs from 6,700 on. */
const mostLoose = 20_000;
/**
 * What is younger may not be on the disk yet, in milliseconds: git does not sync loose objects, nor does who copies a
 * repository with its times; the kernel writes within half a minute.
 */
const settled = 5 * 60_000;
/** More files are not synced one by one, which takes milliseconds each, but with all that is on their disk. */
const mostSynced = 100;
/** So many files are looked at or linked at a time. */
const mostAtOnce = 64;
/** How often the list of packs may change while it is linked. */
const tries = 3;
/** What belongs to a pack, the index last: git takes what has one for a pack. */
const parts = ['pack', 'rev', 'idx'] as const;

/** What is in a folder of objects, by path: `pack/pack-….pack`, `ab/cdef…`. */
export interface Objects {
  readonly loose: readonly string[];
  /** Without their ends. */
  readonly packs: readonly string[];
}

/** Lists a folder of git's objects. One that is not there is empty. */
export async function listObjects(folder: string): Promise<Objects> {
  // Loose first: what is packed meanwhile is found among the packs.
  const loose: string[] = [];
  for (const name of (await namesIn(folder)).filter((one) => /^[0-9a-f]{2}$/.test(one))) {
    const inside = await namesIn(join(folder, name));
    loose.push(...inside.filter((one) => /^[0-9a-f]{38}$/.test(one)).map((one) => `${name}/${one}`));
  }
  return { loose, packs: await listPacks(folder) };
}

/** The packs in a folder of git's objects, in a steady order. */
export async function listPacks(folder: string): Promise<readonly string[]> {
  const names = await namesIn(join(folder, 'pack'));
  const packs = names.filter((name) => /^pack-[0-9a-f]{40}\.idx$/.test(name));
  return packs.map((name) => join('pack', name.slice(0, -'.idx'.length))).toSorted();
}

/** The files of a pack that are there or may be, the one that makes it a pack last. */
export function filesOfPack(pack: string): readonly string[] {
  return parts.map((end) => `${pack}.${end}`);
}

/** What objects take, in bytes. What is gone meanwhile takes nothing. */
export async function sizeOfObjects(folder: string, { loose, packs }: Objects): Promise<number> {
  let bytes = 0;
  await together([...loose, ...packs.map((pack) => `${pack}.pack`)], async (name) => {
    const found = await lstat(join(folder, name)).catch(() => undefined);
    bytes += found?.size ?? 0;
  });
  return bytes;
}

/**
 * Gives every object of a folder a second name in another one, and syncs what may not be on the disk yet. Objects
 * are never changed, only removed, so what is linked lasts whatever becomes of the first name. Nothing is copied.
 *
 * @throws NotLinkable; the signal's reason
 */
export async function linkObjects(
  from: string,
  { loose }: Pick<Objects, 'loose'>,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (loose.length > mostLoose) throw new NotLinkable(`${loose.length} loose objects`);
  const linking = new Linking(from, to, signal);
  try {
    await together(loose, (name) => linking.add(name));
    await linkPacks(from, linking);
    await linking.sync();
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof NotLinkable ? cause : new NotLinkable(String(cause), { cause });
  }
}

/** A pack that goes away while it is linked has been packed anew: the new one is in the next list. */
async function linkPacks(from: string, linking: Linking): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    let whole = true;
    for (const pack of await listPacks(from)) whole = (await linkPack(pack, linking)) && whole;
    if (whole) return;
  }
  throw new NotLinkable('it is being packed');
}

async function linkPack(pack: string, linking: Linking): Promise<boolean> {
  const [data, reverse, index] = filesOfPack(pack) as [string, string, string];
  if (!(await linking.add(data))) return false;
  await linking.add(reverse);
  return linking.add(index);
}

class Linking {
  readonly #from: string;
  readonly #to: string;
  readonly #signal: AbortSignal | undefined;
  readonly #folders = new Set<string>();
  readonly #young: string[] = [];

  constructor(from: string, to: string, signal: AbortSignal | undefined) {
    this.#from = from;
    this.#to = to;
    this.#signal = signal;
  }

  /** False where it is gone. */
  async add(name: string): Promise<boolean> {
    this.#signal?.throwIfAborted();
    const source = join(this.#from, name);
    const target = join(this.#to, name);
    const found = await lstat(source).catch(ignoreMissing);
    if (found === undefined) return false;
    if (!isOwn(found)) throw new NotLinkable(`${source} is not a file of this user`);
    const folder = dirname(target);
    if (!this.#folders.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#folders.add(folder);
    try {
      await link(source, target);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return false;
      // Of the same name is the same object.
      if (code !== 'EEXIST') throw error;
    }
    if (Date.now() - found.ctimeMs < settled) this.#young.push(target);
    return true;
  }

  async sync(): Promise<void> {
    const paths = [...this.#young, ...this.#folders, this.#to, dirname(this.#to)];
    if (paths.length > mostSynced && (await syncFileSystem(this.#to, { signal: this.#signal }))) return;
    for (const path of paths) {
      this.#signal?.throwIfAborted();
      await using file = await open(path, 'r');
      await file.sync();
    }
  }
}

/** Does something with each, with a few of them at a time. */
async function together(names: readonly string[], use: (name: string) => Promise<unknown>): Promise<void> {
  for (let next = 0; next < names.length; next += mostAtOnce) {
    await Promise.all(names.slice(next, next + mostAtOnce).map(use));
  }
}

function isOwn(found: Stats): boolean {
  return found.isFile() && found.uid === process.getuid?.();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    // A repository that is gone may have left a file in its place.
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return [];
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
