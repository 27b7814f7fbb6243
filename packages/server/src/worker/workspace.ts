import {
  isPrefishError,
  PrefishError,
  type EventBody,
  errorMessage,
  type SubmitTask,
} from '@prefish/protocol';
import { diskFull, git } from '../repositories/git.ts';
import type { Repositories } from '../repositories/repositories.ts';
import { carryPaths } from './carry.ts';
import { removeFolder } from './sweep-tree.ts';
import { makeTaskRepository } from './task-repository.ts';
import { makeWorkFolder, type WorkFolder } from './work-folder.ts';

/** A task's copy of the work tree, ready to be worked in. */
export interface Workspace extends WorkFolder {
  /** The mirror's git directory, the one that prefish trusts. */
  readonly gitDir: string;
  /** The mirror's objects, which the throw-away `.git` borrows. */
  readonly objects: string;
  /** What could not be brought along. */
  readonly warnings: readonly EventBody[];
  remove(): Promise<void>;
}

/** The parts that an attempt is made in. */
export interface WorkspaceOptions {
  readonly repositories: Repositories;
  /** The server's folder; workspaces are in `work/` in it. */
  readonly folder: string;
  readonly request: SubmitTask;
  readonly attempt: number;
  readonly signal?: AbortSignal;
}

/**
 * Checks a task's snapshot out, with a `.git` and the dependency folders that go along. Nothing is left
 * behind when it fails.
 *
 * @throws PREFISH_NO_SPACE, PREFISH_SNAPSHOT_UNKNOWN, PREFISH_WORKSPACE_FAILED
 */
export async function prepareWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { repositories, folder, request, attempt, signal } = options;
  let work: WorkFolder | undefined;
  try {
    const { remote, objects } = await locateSnapshot(repositories, request, signal);
    work = await makeWorkFolder(folder, request.id, attempt);
    const { path, tree, index } = work;
    await git(['read-tree', '--reset', '-u', request.snapshot], {
      gitDir: remote,
      workTree: tree,
      env: { GIT_INDEX_FILE: index },
      signal,
    });
    if (request.git) {
      const { commit } = request.base;
      const baseKnown = commit !== null && (await repositories.has(request.repo, commit, signal));
      await makeTaskRepository(request, { repo: request.repo, remote, objects }, work, baseKnown, signal);
    }
    const missing = await carryPaths(request.options.carry ?? [], request.root, tree, signal);
    const warnings = missing.map(({ path, reason }) => notCarried(path, reason));
    return { ...work, gitDir: remote, objects, warnings, remove: () => removeFolder(path) };
  } catch (error) {
    if (work !== undefined) await removeFolder(work.path).catch(() => {});
    signal?.throwIfAborted();
    throw workspaceError(error);
  }
}

async function locateSnapshot(
  repositories: Repositories,
  { repo, snapshot }: SubmitTask,
  signal: AbortSignal | undefined,
): Promise<{ remote: string; objects: string }> {
  const { remote, objects } = await repositories.locate(repo, signal);
  if (objects === undefined)
    throw new PrefishError('PREFISH_WORKSPACE_FAILED', 'the mirror is not on this disk');
  if (await repositories.has(repo, snapshot, signal)) return { remote, objects };
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
