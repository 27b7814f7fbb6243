import { link, lstat, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  filesOfPack,
  linkObjects,
  listObjects,
  listPacks,
  NotLinkable,
  replaceFile,
  sizeOfObjects,
  type Objects,
} from '@prefish/durable';
import { isPrefishError, type RepositoryHistory } from '@prefish/protocol';
import { Turns } from '../turns.ts';
import { git, gitLine } from './git.ts';

/** The commit whose whole history is linked: a push is told of it, and sends the difference. */
const historyRef = 'refs/prefish/history';

/** Where objects have a second name, in the folder of a mirror's own, which borrows them. */
export const linkedFolder: string = 'objects/linked';
/** The same, as git finds it from `objects`. */
const alternate = 'linked\n';
/** Where a mirror has written down what was looked at last. */
const sourceFile = 'prefish-history';
/** A history of less is pushed as quickly, in bytes. */
export const usuallyWorthwhile: number = 32 * 2 ** 20;

/** What is known of the repository that a mirror is of. */
interface Source {
  /** The folder of its objects. */
  readonly objects: string;
  /** What it had when it was looked at last. */
  readonly packs: readonly string[];
  /** Whether they were linked. Others may have been before. */
  readonly linked: boolean;
}

/** What became of what is linked. */
export interface Relinked {
  /** What is the mirror's own now, and was not before. */
  readonly bytes: number;
  /** The commit whose history costs the mirror nothing. Absent where there is none. */
  readonly commit?: string;
}

/** One after the other for each mirror. */
const turns = new Turns(1);

/**
 * Makes the history of a repository on the same disk a part of its mirror without a copy, where that saves much: each
 * pack and each loose object gets a second name below the mirror, which keeps it when the first goes. Looks again only
 * when the repository has other packs than the last time. Where it cannot be, the next push brings everything.
 *
 * @returns whether the history is linked
 */
export async function linkHistory(
  gitDir: string,
  { objects, commit }: RepositoryHistory,
  worthwhile: number,
  signal?: AbortSignal,
): Promise<boolean> {
  return turns.during(gitDir, async () => {
    const known = await readSource(gitDir);
    const packs = await listPacks(objects);
    if (known?.objects === objects && isSame(known.packs, packs)) return known.linked;
    const linked = await tryToLink(gitDir, { objects, commit }, worthwhile, signal);
    await replaceFile(join(gitDir, sourceFile), JSON.stringify({ objects, packs, linked }));
    return linked;
  });
}

async function tryToLink(
  gitDir: string,
  { objects, commit }: RepositoryHistory,
  worthwhile: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    if (!(await isWhole(objects, gitDir))) return false;
    const found = await listObjects(objects);
    if ((await sizeOfObjects(objects, found)) < worthwhile) return false;
    await linkInto(gitDir, objects, found, signal);
    await git(['update-ref', historyRef, `${commit}^{commit}`], { gitDir, signal });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    const isGits = isPrefishError(error) && error.code === 'PREFISH_GIT_FAILED';
    if (isGits || error instanceof NotLinkable) return false;
    throw error;
  }
}

async function linkInto(
  gitDir: string,
  objects: string,
  found: Objects,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = join(gitDir, linkedFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await linkObjects(objects, found, folder, signal);
  await mkdir(join(gitDir, 'objects/info'), { recursive: true });
  await replaceFile(join(gitDir, 'objects/info/alternates'), alternate);
}

/**
 * Whether what is in a folder of objects is a whole history, and this user's on the disk of the mirror. What borrows
 * from elsewhere, was cut off or is fetched when it is needed, is none.
 */
async function isWhole(objects: string, gitDir: string): Promise<boolean> {
  const [folder, mirror] = await Promise.all([stat(objects).catch(() => undefined), stat(gitDir)]);
  if (folder?.isDirectory() !== true || folder.dev !== mirror.dev || folder.uid !== process.getuid?.()) {
    return false;
  }
  const elsewhere = ['info/alternates', '../shallow', '../info/grafts'];
  const sizes = await Promise.all(
    elsewhere.map((name) =>
      lstat(join(objects, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const packs = await listPacks(objects);
  const promised = await Promise.all(packs.map((pack) => exists(join(objects, `${pack}.promisor`))));
  return sizes.every((size) => size === 0) && !promised.includes(true);
}

/**
 * Links what a repository has packed anew, and gives the mirror for its own what the repository has no more, so that
 * `git gc` drops what is there twice. What changed within `grace` seconds stays for the next time: git would keep of it
 * what nobody needs, each object in a file. A dry run changes nothing, and says the same.
 */
export async function relinkHistory(
  gitDir: string,
  {
    grace,
    dryRun,
    signal,
  }: { readonly grace: number; readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<Relinked> {
  return turns.during(gitDir, async () => {
    const known = await readSource(gitDir);
    const folder = join(gitDir, linkedFolder);
    if (known === undefined || !(await exists(folder))) return { bytes: 0 };
    if (known.linked && !dryRun) {
      const found = await listObjects(known.objects);
      await linkObjects(known.objects, found, folder, signal).catch((error: unknown) => {
        if (!(error instanceof NotLinkable)) throw error;
      });
    }
    const gone = await goneFrom(await listObjects(known.objects), folder, Date.now() - grace * 1000);
    const bytes = await sizeOfObjects(folder, gone);
    if (!dryRun) await takeOver(folder, gone);
    const commit = await historyOf(gitDir, signal);
    if (commit === undefined) return { bytes };
    if (await isStillThere(commit, gitDir, known, signal)) return { bytes, commit };
    if (!dryRun) await git(['update-ref', '-d', historyRef], { gitDir, signal });
    return { bytes };
  });
}

/** A history that its repository has no more, or not whole, is kept for tasks alone. */
async function isStillThere(
  commit: string,
  gitDir: string,
  { objects, linked }: Source,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = { gitDir, env: { GIT_OBJECT_DIRECTORY: objects }, signal, answers: [1, 128] };
  return linked && (await exists(objects)) && (await git(['cat-file', '-e', commit], asked)).code === 0;
}

async function historyOf(gitDir: string, signal: AbortSignal): Promise<string | undefined> {
  const commit = await gitLine(['for-each-ref', '--format=%(objectname)', historyRef], { gitDir, signal });
  return commit === '' ? undefined : commit;
}

/** What is linked, and what the repository has no more, as far as it was written before a time. */
async function goneFrom(still: Objects, folder: string, before: number): Promise<Objects> {
  const linked = await listObjects(folder);
  const [loose, packs] = [new Set(still.loose), new Set(still.packs)];
  const isOld = async (name: string): Promise<boolean> => (await stat(join(folder, name))).mtimeMs <= before;
  const gone = { loose: [] as string[], packs: [] as string[] };
  for (const name of linked.loose) if (!loose.has(name) && (await isOld(name))) gone.loose.push(name);
  for (const name of linked.packs) {
    if (!packs.has(name) && (await isOld(`${name}.pack`))) gone.packs.push(name);
  }
  return gone;
}

/** Moves what is linked to the mirror's own objects. */
async function takeOver(folder: string, { loose, packs }: Objects): Promise<void> {
  for (const name of loose) await move(folder, [name]);
  for (const pack of packs) await move(folder, filesOfPack(pack));
}

/** Whole in both places for a moment, so that whoever reads finds it, and a crash leaves it. */
async function move(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const target = join(folder, '..', name);
    await mkdir(dirname(target), { recursive: true });
    await link(join(folder, name), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
    });
  }
  for (const name of names.toReversed()) await rm(join(folder, name), { force: true });
}

async function readSource(gitDir: string): Promise<Source | undefined> {
  try {
    return JSON.parse(await readFile(join(gitDir, sourceFile), 'utf8')) as Source;
  } catch {
    return undefined;
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
