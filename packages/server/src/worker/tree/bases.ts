import { createHash, randomUUID } from 'node:crypto';
import { open, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { diskUse } from '@prefish/durable';
import type { TidyOptions } from '../../housekeeping/housekeeping.ts';
import { git } from '../../repositories/git.ts';

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
/** How many bases one mirror has, and all together. */
const most = { ofOne: 2, ofAll: 8 };
/** How long, in seconds, a base is kept that nobody uses. */
const unused = 14 * 24 * 3600;

/** The checkouts that trees are laid over: `bases/<mirror>/<commit>/{tree,index}` in the server's folder. */
export class Bases {
  readonly #folder: string;
  readonly #worthwhile: number;
  readonly #users = new Map<string, number>();
  readonly #making = new Map<string, Promise<void>>();

  constructor(folder: string, worthwhile: number = usuallyWorthwhile) {
    this.#folder = join(folder, 'bases');
    this.#worthwhile = worthwhile;
  }

  /** A base that is near a commit of a mirror, made where there is none; `undefined` for a small tree. */
  async take(gitDir: string, commit: string): Promise<Base | undefined> {
    const mirror = join(this.#folder, createHash('sha256').update(gitDir).digest('hex').slice(0, 16));
    for (const known of await newestFirst(mirror)) {
      if (await isNear(gitDir, known, commit, join(mirror, known))) return this.#use(join(mirror, known));
    }
    if ((await countFiles(gitDir, commit)) < this.#worthwhile) return undefined;
    const base = join(mirror, commit);
    const making = this.#making.get(base) ?? this.#make(gitDir, commit, base);
    this.#making.set(base, making);
    try {
      await making;
    } finally {
      this.#making.delete(base);
    }
    const taken = await this.#use(base);
    await this.#prune(mirror);
    return taken;
  }

  /** Removes bases that were not used for long, or on request all that nobody uses. Returns their size. */
  async tidy({ idle, dryRun, signal }: TidyOptions): Promise<number> {
    let freed = 0;
    // What is asked for takes little patience.
    const longest = Math.min(unused, idle < 3600 ? idle : unused);
    for (const mirror of await readdir(this.#folder).catch(() => [])) {
      for (const commit of await newestFirst(join(this.#folder, mirror))) {
        signal.throwIfAborted();
        const base = join(this.#folder, mirror, commit);
        const { mtimeMs } = await stat(base);
        if (this.#users.has(base) || Date.now() - mtimeMs < longest * 1000) continue;
        freed += await diskUse([base], signal);
        if (!dryRun) await remove(base);
      }
    }
    return freed;
  }

  async #use(base: string): Promise<Base> {
    this.#users.set(base, (this.#users.get(base) ?? 0) + 1);
    const now = new Date();
    await utimes(base, now, now);
    let released = false;
    return {
      tree: join(base, 'tree'),
      index: join(base, 'index'),
      release: () => {
        if (released) return;
        released = true;
        const left = this.#users.get(base)! - 1;
        if (left > 0) this.#users.set(base, left);
        else this.#users.delete(base);
      },
    };
  }

  /** Aside first, so that what is there is whole. */
  async #make(gitDir: string, commit: string, base: string): Promise<void> {
    const aside = `${base}.${randomUUID()}`;
    try {
      await mkdir(join(aside, 'tree'), { recursive: true, mode: 0o700 });
      await git(['read-tree', '--reset', '-u', commit], {
        gitDir,
        workTree: join(aside, 'tree'),
        env: { GIT_INDEX_FILE: join(aside, 'index') },
      });
      await rename(aside, base);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }

  /** Those that were used last stay. */
  async #prune(mirror: string): Promise<void> {
    const own = (await newestFirst(mirror)).slice(most.ofOne).map((commit) => join(mirror, commit));
    const all: { readonly base: string; readonly usedAt: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      for (const commit of await newestFirst(join(this.#folder, name))) {
        const base = join(this.#folder, name, commit);
        all.push({ base, usedAt: (await stat(base)).mtimeMs });
      }
    }
    const old = all.sort((one, other) => other.usedAt - one.usedAt).slice(most.ofAll);
    for (const base of new Set([...own, ...old.map((each) => each.base)])) {
      if (!this.#users.has(base)) await remove(base);
    }
  }
}

async function newestFirst(mirror: string): Promise<readonly string[]> {
  const names = (await readdir(mirror).catch(() => [])).filter((name) => /^[0-9a-f]{40,64}$/.test(name));
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (await stat(join(mirror, name))).mtimeMs);
  return names.sort((one, other) => times.get(other)! - times.get(one)!);
}

/** Whether few files differ. A commit that the mirror has no more is far from everything. */
async function isNear(gitDir: string, known: string, commit: string, base: string): Promise<boolean> {
  if (known === commit) return true;
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', known, commit];
  const { code, stdout } = await git(args, { gitDir, answers: [128] });
  if (code !== 0) return false;
  const allowed = Math.max(drift.files, drift.part * (await entriesOf(join(base, 'index'))));
  return count(stdout, 0) <= allowed;
}

async function countFiles(gitDir: string, commit: string): Promise<number> {
  const { stdout } = await git(['ls-tree', '-r', '-z', '--name-only', commit], { gitDir });
  return count(stdout, 0);
}

/** How many files an index knows: bytes 8 to 11 (gitformat-index(5)). */
async function entriesOf(index: string): Promise<number> {
  await using file = await open(index);
  const { buffer } = await file.read(Buffer.alloc(12), 0, 12, 0);
  return buffer.readUInt32BE(8);
}

function count(bytes: Buffer, wanted: number): number {
  let found = 0;
  for (const byte of bytes) if (byte === wanted) found += 1;
  return found;
}

async function remove(base: string): Promise<void> {
  const aside = `${base}.${randomUUID()}`;
  await rename(base, aside);
  await rm(aside, { recursive: true, force: true });
}
