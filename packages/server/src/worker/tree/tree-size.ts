import { PrefishError, formatBytes } from '@prefish/protocol';
import { byRecords } from '../../repositories/by-records.ts';
import { git } from '../../repositories/git.ts';
import { objectSizes } from '../../repositories/object-sizes.ts';
import { moreFor } from '../../sandbox/limits/exceeded.ts';

/** What a commit may bring into a workspace. */
export interface TreeLimits {
  readonly files: number;
  /** Bytes, of all files together. */
  readonly disk: number;
}

/** How large the tree of a commit is, checked out. */
interface TreeSize {
  readonly files: number;
  readonly bytes: number;
}

/** The names of all files together, in bytes: git holds them in memory, and a name may have thousands. */
const mostNames = 256 * 2 ** 20;
/** How many commits are remembered: one is asked for by every attempt at its tasks. */
const remembered = 256;

/**
 * Counts the trees of commits before anybody writes one out, or has git hold one in memory: a few kilobytes of
 * objects may stand for any number of files, and of bytes (a folder that is in itself ten times, ten levels deep).
 * git lists them as it goes, and is ended at the limit.
 */
export class TreeSizes {
  readonly #known = new Map<string, TreeSize>();

  /** @throws PREFISH_LIMIT */
  async check(gitDir: string, commit: string, limits: TreeLimits, signal?: AbortSignal): Promise<void> {
    const key = keyOf(gitDir, commit);
    const known = this.#known.get(key);
    if (known !== undefined) return refuseOver(known, limits);
    const size = await measure(gitDir, commit, limits, signal);
    this.#known.set(key, size);
    if (this.#known.size > remembered) this.#known.delete(this.#known.keys().next().value!);
  }

  /** How many files a commit has that was checked lately. */
  filesOf(gitDir: string, commit: string): number | undefined {
    return this.#known.get(keyOf(gitDir, commit))?.files;
  }
}

function keyOf(gitDir: string, commit: string): string {
  return `${gitDir} ${commit}`;
}

async function measure(
  gitDir: string,
  commit: string,
  limits: TreeLimits,
  signal: AbortSignal | undefined,
): Promise<TreeSize> {
  const blobs = await listBlobs(gitDir, commit, limits, signal);
  const files = [...blobs.values()].reduce((sum, times) => sum + times, 0);
  return { files, bytes: await sizeOf(blobs, gitDir, limits, signal) };
}

/** What a tree's files hold, by its objects, and how many files hold the same. */
async function listBlobs(
  gitDir: string,
  commit: string,
  limits: TreeLimits,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const blobs = new Map<string, number>();
  let [files, names] = [0, 0];
  const take = byRecords(0x00, (text, start) => {
    // `<mode> <type> <object>\t<path>` (git-ls-tree(1)): a submodule is a commit, and brings nothing.
    const tab = text.indexOf(0x09, start);
    const [, type, id = ''] = text.toString('latin1', start, tab).split(' ');
    files += 1;
    if (type === 'blob') blobs.set(id, (blobs.get(id) ?? 0) + 1);
  });
  await git(['ls-tree', '-r', '-z', '--full-tree', commit], {
    gitDir,
    signal,
    take(chunk) {
      take(chunk);
      names += chunk.length;
      if (files > limits.files) throw tooManyFiles(files, limits);
      if (names > mostNames)
        throw tooLarge(`the names of its files take more than ${formatBytes(mostNames)}`);
    },
  });
  return blobs;
}

async function sizeOf(
  blobs: ReadonlyMap<string, number>,
  gitDir: string,
  limits: TreeLimits,
  signal: AbortSignal | undefined,
): Promise<number> {
  const times = blobs.values();
  let bytes = 0;
  await objectSizes([...blobs.keys()], { gitDir, signal }, (size) => {
    bytes += times.next().value! * size;
  });
  if (bytes > limits.disk) throw tooManyBytes(bytes, limits);
  return bytes;
}

function refuseOver({ files, bytes }: TreeSize, limits: TreeLimits): void {
  if (files > limits.files) throw tooManyFiles(files, limits);
  if (bytes > limits.disk) throw tooManyBytes(bytes, limits);
}

function tooManyFiles(files: number, limits: TreeLimits): PrefishError {
  const why = `it holds ${files} files or more, and a task may begin with ${limits.files}`;
  return tooLarge(why, moreFor('files', limits));
}

function tooManyBytes(bytes: number, limits: TreeLimits): PrefishError {
  const why = `it holds ${formatBytes(bytes)} of files, and a task may begin with ${formatBytes(limits.disk)}`;
  return tooLarge(why, moreFor('disk', limits));
}

function tooLarge(why: string, hint?: string): PrefishError {
  return new PrefishError('PREFISH_LIMIT', `the snapshot is too large to be worked on: ${why}`, { hint });
}
