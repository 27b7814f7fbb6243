import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isPrefishError, PrefishError, type EventBody, errorMessage } from '@prefish/protocol';
import { diskFull } from '../repositories/git.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { KeptRequest } from '../store/store.ts';
import { carryPaths, normalizePath } from './carry.ts';
import { hasPlainParents } from './plain-parents.ts';
import type { Dependencies, Installed } from './setup/dependencies.ts';
import { planSetup, type SetupPlan } from './setup/plan-setup.ts';
import { discard } from './aside.ts';
import { makeTaskRepository } from './task-repository.ts';
import type { TaskTree } from './tree/task-tree.ts';
import type { TaskTrees } from './tree/task-trees.ts';
import type { TreeLimits } from './tree/tree-size.ts';
import { makeWorkFolder, type WorkFolder } from './work-folder.ts';

/** A task's copy of the work tree, ready to be worked in. */
export interface Workspace extends Omit<WorkFolder, 'tree'> {
  /** The task's copy of the work tree. */
  readonly tree: TaskTree;
  /** The mirror's git directory, the one that prefish trusts. */
  readonly gitDir: string;
  /** The mirror's objects, which the throw-away `.git` borrows. */
  readonly objects: string;
  /** What could not be brought along. */
  readonly warnings: readonly EventBody[];
  /** What is to be installed in it, where dependencies did not come along. */
  readonly setup?: Setup;
  remove(): Promise<void>;
}

/** The dependencies of a task from elsewhere. */
export interface Setup {
  readonly plan: SetupPlan;
  /** What of them is there already: installed for an earlier task. */
  readonly installed?: Installed;
}

/** The parts that an attempt is made in. */
export interface WorkspaceOptions {
  readonly repositories: Repositories;
  /** The server's folder; workspaces are in `work/` in it. */
  readonly folder: string;
  readonly request: KeptRequest;
  readonly attempt: number;
  readonly trees: TaskTrees;
  readonly dependencies: Dependencies;
  readonly owner: string;
  /** Whether a sandbox runs it. */
  readonly contained: boolean;
  /** What it may begin with. */
  readonly limits: TreeLimits;
  readonly signal?: AbortSignal;
}

/**
 * Checks a task's snapshot out, with a `.git` and the dependency folders that go along. Nothing is left
 * behind when it fails.
 *
 * @throws PREFISH_LIMIT, PREFISH_NO_SPACE, PREFISH_SNAPSHOT_UNKNOWN, PREFISH_WORKSPACE_FAILED
 */
export async function prepareWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { repositories, folder, request, attempt, trees, contained, signal } = options;
  let work: WorkFolder | undefined;
  let tree: TaskTree | undefined;
  const remove = async (): Promise<void> => {
    await tree?.close();
    if (work !== undefined) await discard(folder, work.path);
  };
  try {
    const { gitDir, objects } = await locateMirror(repositories, request, signal);
    const base = hasBase(repositories, request, signal);
    base.catch(() => {});
    const commit = request.continues?.commit ?? request.snapshot;
    const checked = checkSize(options, gitDir, commit, base);
    checked.catch(() => {});
    work = await makeWorkFolder(folder, request.id, attempt);
    await checked;
    const setup = request.elsewhere === true ? await findSetup(options, gitDir, commit) : undefined;
    const root = setup?.installed?.tree ?? request.root;
    // Nothing of another machine goes along by its path.
    const carry =
      request.elsewhere === true ? (setup?.installed?.paths ?? []) : (request.options.carry ?? []);
    tree = await trees.open(work, { gitDir, commit, root, carry, contained, signal });
    const { index } = work;
    if (request.git) {
      const baseKnown = await base;
      await makeTaskRepository({ request, gitDir, objects, index, tree, baseKnown, signal });
    }
    const { carried, path } = tree;
    const missing = await carryPaths(
      carry.filter((one) => !carried.includes(normalizePath(one))),
      root,
      path,
      signal,
    );
    // The folder in which the line starts may hold nothing that a snapshot can keep.
    const start = join(path, request.cwd);
    if (await hasPlainParents(join(request.cwd, 'x'), path)) await mkdir(start, { recursive: true });
    const warnings = missing.map((one) => notCarried(one.path, one.reason));
    if (setup?.installed !== undefined) {
      await carryPaths(setup.plan.home, setup.installed.home, work.home, signal);
    }
    return { ...work, tree, gitDir, objects, warnings, ...(setup !== undefined && { setup }), remove };
  } catch (error) {
    await remove().catch(() => {});
    signal?.throwIfAborted();
    await refuseUnknown(repositories, request, signal);
    throw workspaceError(error);
  }
}

/**
 * What is checked out may not be larger than a task may begin with, and what git compares it with hold no more files:
 * nobody writes these out.
 */
async function checkSize(
  { trees, request, limits, signal }: WorkspaceOptions,
  gitDir: string,
  commit: string,
  baseKnown: Promise<boolean>,
): Promise<void> {
  await trees.check(gitDir, commit, limits, signal);
  const { commit: base } = request.base;
  if (base === null || !(await baseKnown)) return;
  await trees.check(gitDir, base, { ...limits, disk: Infinity }, signal);
}

async function findSetup(
  { request, dependencies, owner, signal }: WorkspaceOptions,
  gitDir: string,
  commit: string,
): Promise<Setup | undefined> {
  const plan = await planSetup(request, { gitDir, commit, signal });
  if (plan === undefined) return undefined;
  const installed = await dependencies.find(owner, plan);
  return { plan, ...(installed !== undefined && { installed }) };
}

async function locateMirror(
  repositories: Repositories,
  { repo }: KeptRequest,
  signal: AbortSignal | undefined,
): Promise<{ gitDir: string; objects: string }> {
  const { remote, objects } = await repositories.locate(repo, signal);
  if (objects === undefined) {
    throw new PrefishError('PREFISH_WORKSPACE_FAILED', 'the mirror is not on this disk');
  }
  return { gitDir: remote, objects };
}

async function hasBase(
  repositories: Repositories,
  { repo, base }: KeptRequest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return base.commit !== null && (await repositories.has(repo, base.commit, signal));
}

/** Asked once something has gone wrong: a task whose snapshot is there does not wait for the answer. */
async function refuseUnknown(
  repositories: Repositories,
  { repo, snapshot }: KeptRequest,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await repositories.has(repo, snapshot, signal).catch(() => true)) return;
  throw new PrefishError('PREFISH_SNAPSHOT_UNKNOWN', `the mirror has no snapshot ${snapshot}`);
}

function notCarried(path: string, reason: string): EventBody {
  return { type: 'warning', code: 'PREFISH_CARRY_FAILED', message: `${path} did not go along: ${reason}` };
}

function workspaceError(error: unknown): PrefishError {
  if (isPrefishError(error) && error.code !== 'PREFISH_GIT_FAILED') return error;
  const message = errorMessage(error);
  if (diskFull.test(message)) {
    return new PrefishError('PREFISH_NO_SPACE', 'the disk of the server is full', {
      hint: 'prefish clean',
      cause: error,
    });
  }
  return new PrefishError('PREFISH_WORKSPACE_FAILED', `the workspace could not be prepared: ${message}`, {
    cause: error,
  });
}
