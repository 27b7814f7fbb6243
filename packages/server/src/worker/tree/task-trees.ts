import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isPrefishError } from '@prefish/protocol';
import type { TidyOptions } from '../../housekeeping/housekeeping.ts';
import { git } from '../../repositories/git.ts';
import type { WorkFolder } from '../work-folder.ts';
import { Bases } from './bases.ts';
import { makeLinkFarm, noFarm } from './link-farm.ts';
import { findOverlay, type MountOverlay } from './overlay.ts';
import { openPlainTree, plainTree } from './plain-tree.ts';
import { gitIn, type TaskTree } from './task-tree.ts';
import { TreeSizes, type TreeLimits } from './tree-size.ts';

/** What a tree is to hold. */
export interface TreeRequest {
  readonly gitDir: string;
  readonly commit: string;
  /** The user's work tree, and the paths of it that go along, relative to it. */
  readonly root: string;
  readonly carry: readonly string[];
  /** Whether a sandbox runs the task: outside of one a tree has to be there for everybody. */
  readonly contained: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the trees of tasks: where that works, in milliseconds, as a layer over a checkout that many share and over
 * the user's dependency folders; elsewhere as a checkout of their own.
 */
export class TaskTrees {
  readonly #folder: string;
  readonly #bases: Bases;
  readonly #sizes = new TreeSizes();
  readonly #open = new Map<string, TaskTree>();
  #overlay: Promise<MountOverlay | undefined> | undefined;

  /**
   * @param folder the server's
   * @param worthwhile the number of files from which on a tree is laid over a base
   */
  constructor(folder: string, worthwhile?: number) {
    this.#folder = folder;
    this.#bases = new Bases(folder, worthwhile);
  }

  /** Sees whether a commit may be checked out at all: to be awaited before anything reads its tree. @throws PREFISH_LIMIT */
  check(gitDir: string, commit: string, limits: TreeLimits, signal?: AbortSignal): Promise<void> {
    return this.#sizes.check(gitDir, commit, limits, signal);
  }

  /** Makes the tree of an attempt. @throws what git says */
  async open(work: WorkFolder, request: TreeRequest): Promise<TaskTree> {
    const made = (await this.#layered(work, request)) ?? (await openPlainTree(work, request));
    const tree: TaskTree = {
      ...made,
      close: async () => {
        this.#open.delete(work.path);
        await made.close();
      },
    };
    this.#open.set(work.path, tree);
    return tree;
  }

  /** The tree of an attempt that runs, by its folder. */
  find(work: string): TaskTree {
    return this.#open.get(work) ?? plainTree({ tree: join(work, 'tree') });
  }

  /** Removes what no task has needed for long. */
  tidy(options: TidyOptions): Promise<number> {
    return this.#bases.tidy(options);
  }

  /** `undefined` where there is nothing to lay a tree over, or it does not work. */
  async #layered(work: WorkFolder, request: TreeRequest): Promise<TaskTree | undefined> {
    const { gitDir, commit, root, carry, contained, signal } = request;
    this.#overlay ??= findOverlay(this.#folder);
    const mount = contained ? await this.#overlay : undefined;
    if (mount === undefined) return undefined;
    const closers: (() => void | Promise<void>)[] = [];
    const close = async (): Promise<void> => {
      for (const closer of closers.splice(0).reverse()) await closer();
    };
    try {
      const base = await this.#bases.take(gitDir, commit, this.#sizes.filesOf(gitDir, commit), signal);
      if (base !== undefined) closers.push(() => base.release());
      const place = { server: this.#folder, name: basename(work.path) };
      const farm = carry.length > 0 ? await makeLinkFarm(carry, root, place, signal) : noFarm;
      closers.push(() => farm.remove());
      // What git tracks wins over what is carried.
      const lower = [
        ...(base === undefined ? [] : [base.tree]),
        ...(farm.paths.length > 0 ? [farm.folder] : []),
      ];
      if (lower.length === 0) {
        await close();
        return undefined;
      }
      const [upper, kernel] = [join(work.path, 'upper'), join(work.path, 'kernel')];
      for (const folder of [upper, kernel]) await mkdir(folder, { mode: 0o700 });
      const overlay = await mount({ lower, upper, work: kernel, place: work.tree });
      closers.push(() => overlay.unmount());
      const { path, enter } = overlay;
      const tree: TaskTree = { path, place: work.tree, enter, carried: farm.paths, close };
      if (base !== undefined) await copyFile(base.index, work.index);
      await git(['read-tree', base === undefined ? '--reset' : '-m', '-u', commit], {
        ...gitIn(tree),
        gitDir,
        env: { GIT_INDEX_FILE: work.index },
        signal,
      });
      return tree;
    } catch (error) {
      await close();
      await rm(work.index, { force: true });
      signal?.throwIfAborted();
      if (isPrefishError(error) && error.code === 'PREFISH_NO_SPACE') throw error;
      return undefined;
    }
  }
}
