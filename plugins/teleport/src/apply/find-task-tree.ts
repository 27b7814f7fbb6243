import { relative, sep } from 'node:path';
import { realpath, stat } from 'node:fs/promises';
import type { RunContext } from '@prefish/core';
import { PrefishError, isFinal, isPrefishError, type Task } from '@prefish/protocol';
import type { Git } from '../git/git.ts';
import type { Services } from '../services.ts';
import { describeNoResult } from '../source/no-result.ts';
import { referenceTo } from '../source/reference.ts';
import { openShadow, type Shadow } from '../snapshot/shadow.ts';
import { findWorkTree, type WorkTree } from '../snapshot/work-tree.ts';
import { fetchResult } from './fetch-result.ts';
import { withMirror } from './merge-result.ts';

/** A finished task, and the work tree that its result belongs to. */
export interface TaskTree {
  /** {@link referenceTo} the task. */
  readonly reference: string;
  readonly git: Git;
  readonly tree: WorkTree;
  /** With the objects of both commits in reach. */
  readonly shadow: Shadow;
  /** The commits that were sent and that came out. */
  readonly sent: string;
  readonly result: string;
}

/**
 * Finds what `apply` needs, from the folder the user is in: the task's, or where its repository was
 * moved to.
 *
 * @throws PREFISH_TASK_STATE for a task that still runs, PREFISH_NOTHING_TO_APPLY,
 * PREFISH_USAGE in a folder that is not the task's
 */
export async function findTaskTree(
  services: Services,
  task: Task,
  { cwd, env, signal }: Pick<RunContext, 'cwd' | 'env' | 'signal'>,
): Promise<TaskTree> {
  const reference = referenceTo(services, task);
  if (!isFinal(task.state)) {
    throw new PrefishError(
      'PREFISH_TASK_STATE',
      `Task ${task.number} is ${task.state}: its result is not there yet`,
      {
        hint: `prefish tasks wait ${reference}`,
      },
    );
  }
  const [git, client] = await Promise.all([services.git(env), services.connect(true, signal)]);
  const { repo, snapshot, result } = await client.snapshots(task.id, signal);
  if (result === undefined) {
    const { message, hint } = describeNoResult(services, task);
    throw new PrefishError('PREFISH_NOTHING_TO_APPLY', message, { hint });
  }
  const location = await client.repository(repo, signal);
  const here = await realpath(cwd);
  const inside = task.root !== undefined && isInside(task.root, here);
  const tree = await findWorkTree(git, inside ? task.root! : here, env['HOME'], signal).catch(
    async (error: unknown) => {
      const isNoTree = isPrefishError(error) && error.code === 'PREFISH_SNAPSHOT_REFUSED';
      // What is wrong is where one is, and not that this is no folder to send.
      throw isNoTree && !inside ? belongsElsewhere(task, reference, await isThere(task.root)) : error;
    },
  );
  const shadow = await openShadow(git, tree, services.folders);
  if (inside && tree.root !== task.root) {
    throw new PrefishError(
      'PREFISH_USAGE',
      `${task.root} is now a part of ${tree.root}: the result does not fit there`,
      { hint: `prefish tasks diff ${reference} shows it` },
    );
  }
  if (!inside && shadow.repo !== repo && !(await hasMovedHere(task, tree, git, signal))) {
    throw belongsElsewhere(task, reference, await isThere(task.root));
  }
  const { objects } = location;
  if (objects !== undefined && !services.server.elsewhere) {
    return { reference, git, tree, shadow: withMirror(shadow, objects), sent: snapshot, result };
  }
  await fetchResult(shadow, await services.server.remote(location), { sent: snapshot, result }, signal);
  return { reference, git, tree, shadow, sent: snapshot, result };
}

/** The task's folder is gone, and this repository has the commit that it started from: it was moved. */
async function hasMovedHere(task: Task, tree: WorkTree, git: Git, signal: AbortSignal): Promise<boolean> {
  const commit = task.base?.commit ?? null;
  if (commit === null || tree.repository === undefined || (await isThere(task.root))) return false;
  const found = await git(['cat-file', '-e', `${commit}^{commit}`], {
    cwd: tree.root,
    env: { GIT_DIR: tree.repository.gitDir },
    codes: [0, 1, 128],
    signal,
  });
  return found.code === 0;
}

/** Why nothing is done here with a task of another folder, and where it would be. */
export function belongsElsewhere(
  task: Pick<Task, 'number' | 'root'>,
  reference: string,
  there: boolean,
): PrefishError {
  const root = task.root ?? 'another folder';
  return new PrefishError(
    'PREFISH_USAGE',
    `Task ${task.number} belongs to ${root}${there ? '' : ', which is not there'}`,
    {
      hint: there
        ? `Go there: cd ${root}`
        : `Go to where that repository is now; prefish tasks diff ${reference} shows the result`,
    },
  );
}

async function isThere(folder: string | undefined): Promise<boolean> {
  if (folder === undefined) return false;
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Whether a folder is a root or lies below it. */
export function isInside(root: string, folder: string): boolean {
  return relative(root, folder).split(sep, 1)[0] !== '..';
}
