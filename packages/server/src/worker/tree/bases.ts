import { createHash } from 'node:crypto';
import { open, mkdir, readdir, rename, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskUse } from '@prefish/durable';
import type { TidyOptions } from '../../housekeeping/housekeeping.ts';
import { enough, git, untilEnough, type GitOptions } from '../../repositories/git.ts';
import { mirrorsOf } from '../../repositories/mirrors.ts';
import { discard, placeAside } from '../aside.ts';
import { SharedWork } from '../shared-work.ts';

/** A checkout that many trees begin with. Nobody ever writes into it. */
export interface Base {
  readonly tree: string;
  /** The index of git that knows its files. */
  readonly index: string;
  /** To be called once it is not needed any more. */
  release(): void;
}

/** A tree of fewer files is checked out as quickly. */
const usuallyWorthwhile = 2000;
/** So much of a base may differ from what is wanted: more files than this, and than this part. */
const drift = { files: 200, part: 0.05 };
/** How many bases one mirror has, and all mirrors of one owner together. */
const most = { ofOne: 2, ofOwner: 8 };
/** How long, in seconds, a base is kept that nobody uses. */
const unused = 14 * 24 * 3600;

/** Where the bases of an owner are, in the server's folder: of all mirrors in one folder. */
export async function basesOf(folder: string, mirrors: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'bases')).catch(() => []);
  return names
    .filter((name) => name.startsWith(`${keyOf(mirrors)}-`))
    .map((name) => join(folder, 'bases', name));
}

/** The checkouts that trees are laid over: `bases/<owner>-<mirror>/<commit>/{tree,index}` in the server's folder. */
export class Bases {
  readonly #server: string;
  readonly #folder: string;
  readonly #worthwhile: number;
  readonly #users = new Map<string, number>();
  readonly #going = new Set<string>();
  readonly #making = new SharedWork<void>();

  constructor(folder: string, worthwhile: number = usuallyWorthwhile) {
    this.#server = folder;
    this.#folder = join(folder, 'bases');
    this.#worthwhile = worthwhile;
  }

  /**
   * A base that is near a commit of a mirror, made where there is none; `undefined` for a small tree, and while one is
   * being removed.
   *
   * @param files how many the commit has, where that is known
   */
  async take(
    gitDir: string,
    commit: string,
    files: number | undefined,
    signal?: AbortSignal,
  ): Promise<Base | undefined> {
    const mirror = join(this.#folder, `${keyOf(dirname(gitDir))}-${keyOf(gitDir)}`);
    for (const known of await newestFirst(mirror)) {
      const base = join(mirror, known);
      if (await isNear(gitDir, known, commit, base, signal)) return this.#use(base);
    }
    const isSmall =
      files === undefined
        ? await hasFewerFiles(gitDir, commit, this.#worthwhile, signal)
        : files < this.#worthwhile;
    if (isSmall) return undefined;
    const base = join(mirror, commit);
    await this.#making.do(base, (making) => this.#make(gitDir, commit, base, making), signal);
    const taken = await this.#use(base);
    await this.#prune(mirror);
    return taken;
  }

  /** Removes bases that were not used for long, or on request all that nobody uses. Returns their size. */
  async tidy({ idle, dryRun, signal, owner }: TidyOptions): Promise<number> {
    let freed = 0;
    // What is asked for takes little patience.
    const longest = Math.min(unused, idle < 3600 ? idle : unused);
    const own = owner === undefined ? '' : `${keyOf(mirrorsOf(this.#server, owner))}-`;
    for (const mirror of await readdir(this.#folder).catch(() => [])) {
      if (!mirror.startsWith(own)) continue;
      for (const commit of await newestFirst(join(this.#folder, mirror))) {
        signal.throwIfAborted();
        const base = join(this.#folder, mirror, commit);
        const { mtimeMs } = await stat(base);
        if (this.#users.has(base) || Date.now() - mtimeMs < longest * 1000) continue;
        const bytes = await diskUse([base], signal);
        if (dryRun || (await this.#remove(base))) freed += bytes;
      }
    }
    return freed;
  }

  /** `undefined` for one that is being removed. */
  async #use(base: string): Promise<Base | undefined> {
    if (this.#going.has(base)) return undefined;
    this.#users.set(base, (this.#users.get(base) ?? 0) + 1);
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      const left = this.#users.get(base)! - 1;
      if (left > 0) this.#users.set(base, left);
      else this.#users.delete(base);
    };
    try {
      const now = new Date();
      await utimes(base, now, now);
    } catch (error) {
      release();
      throw error;
    }
    return { tree: join(base, 'tree'), index: join(base, 'index'), release };
  }

  /** Returns whether nobody uses it, and so it is gone. */
  async #remove(base: string): Promise<boolean> {
    if (this.#users.has(base)) return false;
    this.#going.add(base);
    try {
      await discard(this.#server, base);
      return true;
    } finally {
      this.#going.delete(base);
    }
  }

  /** Aside first, so that what is there is whole. */
  async #make(gitDir: string, commit: string, base: string, signal: AbortSignal): Promise<void> {
    const aside = await placeAside(this.#server);
    try {
      await mkdir(join(aside, 'tree'), { recursive: true, mode: 0o700 });
      await git(['read-tree', '--reset', '-u', commit], {
        gitDir,
        workTree: join(aside, 'tree'),
        env: { GIT_INDEX_FILE: join(aside, 'index') },
        signal,
      });
      await mkdir(dirname(base), { recursive: true, mode: 0o700 });
      await rename(aside, base);
    } finally {
      await discard(this.#server, aside);
    }
  }

  /** Those that were used last stay. */
  async #prune(mirror: string): Promise<void> {
    const own = (await newestFirst(mirror)).slice(most.ofOne).map((commit) => join(mirror, commit));
    const all: { readonly base: string; readonly usedAt: number }[] = [];
    const owner = basename(mirror).split('-')[0]!;
    for (const name of await readdir(this.#folder)) {
      if (!name.startsWith(`${owner}-`)) continue;
      for (const commit of await newestFirst(join(this.#folder, name))) {
        const base = join(this.#folder, name, commit);
        all.push({ base, usedAt: (await stat(base)).mtimeMs });
      }
    }
    const old = all.sort((one, other) => other.usedAt - one.usedAt).slice(most.ofOwner);
    for (const base of new Set([...own, ...old.map((each) => each.base)])) await this.#remove(base);
  }
}

function keyOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

async function newestFirst(mirror: string): Promise<readonly string[]> {
  const names = (await readdir(mirror).catch(() => [])).filter((name) => /^[0-9a-f]{40,64}$/.test(name));
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (await stat(join(mirror, name))).mtimeMs);
  return names.sort((one, other) => times.get(other)! - times.get(one)!);
}

/** Whether few files differ. A commit that the mirror has no more is far from everything. */
async function isNear(
  gitDir: string,
  known: string,
  commit: string,
  base: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (known === commit) return true;
  const allowed = Math.max(drift.files, drift.part * (await entriesOf(join(base, 'index'))));
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', known, commit];
  const { code, most } = await countEntries(args, { gitDir, answers: [128], signal }, allowed);
  return code === 0 && most <= allowed;
}

async function hasFewerFiles(
  gitDir: string,
  commit: string,
  than: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { most } = await countEntries(
    ['ls-tree', '-r', '-z', '--name-only', commit],
    { gitDir, signal },
    than,
  );
  return most < than;
}

/** Counts what git lists, each with a zero byte at its end, until there is more than `limit`. */
async function countEntries(
  args: readonly string[],
  options: GitOptions,
  limit: number,
): Promise<{ readonly code: number; readonly most: number }> {
  let most = 0;
  const take = (chunk: Buffer): void => {
    for (const byte of chunk) if (byte === 0) most += 1;
    if (most > limit) throw enough;
  };
  let code = 0;
  await untilEnough(git(args, { ...options, take }).then((said) => ({ code } = said)));
  return { code, most };
}

/** How many files an index knows: bytes 8 to 11 (gitformat-index(5)). */
async function entriesOf(index: string): Promise<number> {
  await using file = await open(index);
  const { buffer } = await file.read(Buffer.alloc(12), 0, 12, 0);
  return buffer.readUInt32BE(8);
}
