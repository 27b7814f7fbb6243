import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isPrefishError, PrefishError, type EventBody, errorMessage } from '@prefish/protocol';
import { diskFull, git } from '../repositories/git.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { KeptRequest } from '../store/store.ts';
import { carryPaths } from './carry.ts';
import { hasPlainParents } from './plain-parents.ts';
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
  readonly request: KeptRequest;
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
    const { gitDir, objects, baseKnown } = await locateCommits(repositories, request, signal);
    work = await makeWorkFolder(folder, request.id, attempt);
    const { path, tree, index } = work;
    await git(['read-tree', '--reset', '-u', request.continues?.commit ?? request.snapshot], {
      gitDir,
      workTree: tree,
      env: { GIT_INDEX_FILE: index },
      signal,
    });
    if (request.git) await makeTaskRepository({ request, gitDir, objects, work, baseKnown, signal });
    const missing = await carryPaths(request.options.carry ?? [], request.root, tree, signal);
    // The folder in which the line starts may hold nothing that a snapshot can keep.
    const start = join(tree, request.cwd);
    if (await hasPlainParents(join(request.cwd, 'x'), tree)) await mkdir(start, { recursive: true });
    const warnings = missing.map(({ path, reason }) => notCarried(path, reason));
    return { ...work, gitDir, objects, warnings, remove: () => removeFolder(path) };
  } catch (error) {
    if (work !== undefined) await removeFolder(work.path).catch(() => {});
    signal?.throwIfAborted();
    throw workspaceError(error);
  }
}

async function locateCommits(
  repositories: Repositories,
  { repo, snapshot, base }: KeptRequest,
  signal: AbortSignal | undefined,
): Promise<{ gitDir: string; objects: string; baseKnown: boolean }> {
  const { remote, objects } = await repositories.locate(repo, signal);
  if (objects === undefined) {
    throw new PrefishError('PREFISH_WORKSPACE_FAILED', 'the mirror is not on this disk');
  }
  const [known, baseKnown] = await Promise.all([
    repositories.has(repo, snapshot, signal),
    base.commit !== null && repositories.has(repo, base.commit, signal),
  ]);
  if (!known) throw new PrefishError('PREFISH_SNAPSHOT_UNKNOWN', `the mirror has no snapshot ${snapshot}`);
  return { gitDir: remote, objects, baseKnown };
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
