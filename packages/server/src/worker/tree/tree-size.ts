import { PrefishError } from '@prefish/protocol';
import { git } from '../../repositories/git.ts';
import { inGigabytes } from '../../sandbox/limits/in-gigabytes.ts';

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
    const key = `${gitDir} ${commit}`;
    const known = this.#known.get(key);
    if (known !== undefined) return refuseOver(known, limits);
    const size = await measure(gitDir, commit, limits, signal);
    this.#known.set(key, size);
    if (this.#known.size > remembered) this.#known.delete(this.#known.keys().next().value!);
  }
}

async function measure(
  gitDir: string,
  commit: string,
  limits: TreeLimits,
  signal: AbortSignal | undefined,
): Promise<TreeSize> {
  let [files, bytes, names] = [0, 0, 0];
  let rest: Buffer = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = text.indexOf(0); end !== -1; end = text.indexOf(0, start)) {
      // `<mode> <type> <object> <size>\t<path>` (git-ls-tree(1)); the size of a submodule is a dash.
      const tab = text.indexOf(0x09, start);
      const size = text.toString('latin1', text.lastIndexOf(0x20, tab) + 1, tab);
      files += 1;
      bytes += size === '-' ? 0 : Number(size);
      start = end + 1;
    }
    rest = text.subarray(start);
    names += chunk.length;
    refuseOver({ files, bytes }, limits);
    if (names > mostNames) throw overLimit(`the names of its files take more than ${inGigabytes(mostNames)}`);
  };
  await git(['ls-tree', '-r', '-l', '-z', '--full-tree', commit], { gitDir, signal, take });
  return { files, bytes };
}

function refuseOver({ files, bytes }: TreeSize, limits: TreeLimits): void {
  if (files <= limits.files && bytes <= limits.disk) return;
  const [amount, most, setting] =
    files > limits.files
      ? [`${files} files or more`, `${limits.files}`, `files: ${2 * limits.files}`]
      : [
          `${inGigabytes(bytes)} of files or more`,
          inGigabytes(limits.disk),
          `disk: "${inGigabytes(2 * limits.disk)}"`,
        ];
  throw overLimit(
    `it holds ${amount}, and a task may begin with ${most}`,
    `limits: { ${setting} } in prefish.config.yaml, where the server runs, lets it begin with more.`,
  );
}

function overLimit(why: string, hint?: string): PrefishError {
  return new PrefishError('PREFISH_LIMIT', `the snapshot is too large to be worked on: ${why}`, { hint });
}
