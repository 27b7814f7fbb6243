import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskUse } from '@prefish/durable';
import type { TidyOptions } from '../../housekeeping/housekeeping.ts';
import { git } from '../../repositories/git.ts';
import { carryPaths } from '../carry.ts';
import { removeFolder } from '../sweep-tree.ts';
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

/** How many are kept, how long, in seconds, one is that nobody uses, and how large it may be, in bytes. */
const most = 24;
const unused = 30 * 24 * 3600;
const largest = 4 * 1024 ** 3;

/** What set-up commands installed, kept for the next task with the same lockfiles: `dependencies/<owner>/<key>` in the server's folder. */
export class Dependencies {
  readonly #folder: string;

  /** @param folder the server's */
  constructor(folder: string) {
    this.#folder = join(folder, 'dependencies');
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
    const aside = `${folder}.${randomUUID()}`;
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
      await rename(aside, folder).catch(() => {});
      await this.#prune();
    } catch {
      signal?.throwIfAborted();
    } finally {
      await removeFolder(aside);
    }
    return paths;
  }

  /** Removes what was not used for long, or on request at all. Returns its size. */
  async tidy({ idle, dryRun, signal }: TidyOptions): Promise<number> {
    let freed = 0;
    const longest = idle < 3600 ? idle : unused;
    for (const { folder, usedAt } of await this.#all()) {
      signal.throwIfAborted();
      if (Date.now() - usedAt < longest * 1000) continue;
      freed += await diskUse([folder], signal);
      if (!dryRun) await remove(folder);
    }
    return freed;
  }

  #place(owner: string, key: string): string {
    return join(this.#folder, createHash('sha256').update(owner).digest('hex').slice(0, 16), key);
  }

  async #prune(): Promise<void> {
    const all = (await this.#all()).sort((one, other) => other.usedAt - one.usedAt);
    for (const { folder } of all.slice(most)) await remove(folder);
  }

  async #all(): Promise<{ readonly folder: string; readonly usedAt: number }[]> {
    const found = [];
    for (const owner of await readdir(this.#folder).catch(() => [])) {
      for (const key of await readdir(join(this.#folder, owner))) {
        const folder = join(this.#folder, owner, key);
        found.push({ folder, usedAt: (await stat(folder)).mtimeMs });
      }
    }
    return found;
  }
}

/** What is in a work tree that its index does not know, folders as a whole. */
async function untracked(options: Parameters<typeof git>[1]): Promise<readonly string[]> {
  const { stdout } = await git(['ls-files', '--others', '--directory', '-z'], options);
  const paths = stdout.toString('utf8').split('\0').slice(0, -1);
  return paths.map((path) => path.replace(/\/$/, '')).filter((path) => path !== '.git');
}

/** Aside first: a task that begins now finds it whole or not at all. */
async function remove(folder: string): Promise<void> {
  const aside = `${folder}.${randomUUID()}`;
  await rename(folder, aside);
  await removeFolder(aside);
}
