import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskUse } from '@prefish/durable';
import type { TidyOptions } from '../../housekeeping/housekeeping.ts';
import { git } from '../../repositories/git.ts';
import { discard, placeAside } from '../aside.ts';
import { carryPaths } from '../carry.ts';
import { gitIn } from '../tree/task-tree.ts';
import type { Workspace } from '../workspace.ts';
import type { SetupPlan } from './plan-setup.ts';

/** What a set-up command installed. */
export interface Installed {
  /** Folders that hold it: of the work tree, and of HOME. */
  readonly tree: string;
  readonly home: string;
  /** What it made in the work tree, relative to the top. */
  readonly paths: readonly string[];
}

/** How many of an owner are kept, how long, in seconds, one is that nobody uses, and how large it may be, in bytes. */
const most = 24;
const unused = 30 * 24 * 3600;
const largest = 4 * 1024 ** 3;

/** Where what was installed for an owner is, in the server's folder. */
export function dependenciesOf(folder: string, owner: string): string {
  return join(folder, 'dependencies', createHash('sha256').update(owner).digest('hex').slice(0, 16));
}

/** What set-up commands installed, kept for the next task with the same lockfiles: `dependencies/<owner>/<key>` in the server's folder. */
export class Dependencies {
  readonly #server: string;

  /** @param folder the server's */
  constructor(folder: string) {
    this.#server = folder;
  }

  /** What was installed by the same command from the same lockfiles, for the same owner. */
  async find(owner: string, { key }: SetupPlan): Promise<Installed | undefined> {
    if (key === undefined) return undefined;
    const folder = this.#place(owner, key);
    const paths = await readFile(join(folder, 'paths.json'), 'utf8').catch(() => undefined);
    if (paths === undefined) return undefined;
    const now = new Date();
    await utimes(folder, now, now);
    return {
      tree: join(folder, 'tree'),
      home: join(folder, 'home'),
      paths: JSON.parse(paths) as readonly string[],
    };
  }

  /**
   * Keeps what a set-up command made in a workspace in which nothing else has run. Returns its paths in the work
   * tree. That it cannot be kept, for its size or the disk's, is no failure: it is made again.
   */
  async keep(
    owner: string,
    { key, home }: SetupPlan,
    { tree, home: taskHome, gitDir, index }: Workspace,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const paths = await untracked({ ...gitIn(tree), gitDir, env: { GIT_INDEX_FILE: index }, signal });
    if (key === undefined) return paths;
    const sources = [
      ...paths.map((path) => join(tree.path, path)),
      ...home.map((path) => join(taskHome, path)),
    ];
    if ((await diskUse(sources, signal)) > largest) return paths;
    const folder = this.#place(owner, key);
    const aside = await placeAside(this.#server);
    try {
      for (const name of ['tree', 'home']) await mkdir(join(aside, name), { recursive: true, mode: 0o700 });
      const missing = [
        ...(await carryPaths(paths, tree.path, join(aside, 'tree'), signal)),
        // Not every tool fills all that it might.
        ...(await carryPaths(home, taskHome, join(aside, 'home'), signal)).filter(
          ({ reason }) => !reason.includes('no longer there'),
        ),
      ];
      if (missing.length > 0) return paths;
      await writeFile(join(aside, 'paths.json'), JSON.stringify(paths));
      await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
      await rename(aside, folder).catch(() => {});
      await this.#prune(owner);
    } catch {
      signal?.throwIfAborted();
    } finally {
      await discard(this.#server, aside);
    }
    return paths;
  }

  /** Removes what was not used for long, or on request at all. Returns its size. */
  async tidy({ idle, dryRun, signal, owner }: TidyOptions): Promise<number> {
    let freed = 0;
    const longest = idle < 3600 ? idle : unused;
    for (const { folder, usedAt } of await (owner === undefined ? this.#all() : this.#of(owner))) {
      signal.throwIfAborted();
      if (Date.now() - usedAt < longest * 1000) continue;
      const bytes = await diskUse([folder], signal);
      // A task may have begun with it meanwhile.
      if ((await stat(folder)).mtimeMs !== usedAt) continue;
      freed += bytes;
      if (!dryRun) await discard(this.#server, folder);
    }
    return freed;
  }

  #place(owner: string, key: string): string {
    return join(dependenciesOf(this.#server, owner), key);
  }

  async #prune(owner: string): Promise<void> {
    const all = (await this.#of(owner)).sort((one, other) => other.usedAt - one.usedAt);
    for (const { folder } of all.slice(most)) await discard(this.#server, folder);
  }

  #of(owner: string): Promise<Kept[]> {
    return keptIn(dependenciesOf(this.#server, owner));
  }

  async #all(): Promise<Kept[]> {
    const parent = join(this.#server, 'dependencies');
    const owners = await readdir(parent).catch(() => []);
    return (await Promise.all(owners.map((owner) => keptIn(join(parent, owner))))).flat();
  }
}

/** A folder with what was installed, and when it was used last, in milliseconds since 1970. */
interface Kept {
  readonly folder: string;
  readonly usedAt: number;
}

async function keptIn(parent: string): Promise<Kept[]> {
  const keys = await readdir(parent).catch(() => []);
  return Promise.all(
    keys.map(async (key) => {
      const folder = join(parent, key);
      return { folder, usedAt: (await stat(folder)).mtimeMs };
    }),
  );
}

/** What is in a work tree that its index does not know, folders as a whole. */
async function untracked(options: Parameters<typeof git>[1]): Promise<readonly string[]> {
  const { stdout } = await git(['ls-files', '--others', '--directory', '-z'], options);
  const paths = stdout.toString('utf8').split('\0').slice(0, -1);
  return paths.map((path) => path.replace(/\/$/, '')).filter((path) => path !== '.git');
}
