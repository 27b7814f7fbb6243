import { git } from '../../repositories/git.ts';
import type { WorkFolder } from '../work-folder.ts';
import type { TaskTree } from './task-tree.ts';

/** The plain folder of an attempt as its tree, with whatever is in it. */
export function plainTree({ tree }: Pick<WorkFolder, 'tree'>): TaskTree {
  return { path: tree, place: tree, enter: [], carried: [], close: async () => {} };
}

/** Checks a commit out into the folder of an attempt: every file is written. */
export async function openPlainTree(
  work: WorkFolder,
  {
    gitDir,
    commit,
    signal,
  }: { readonly gitDir: string; readonly commit: string; readonly signal?: AbortSignal | undefined },
): Promise<TaskTree> {
  await git(['read-tree', '--reset', '-u', commit], {
    gitDir,
    workTree: work.tree,
    env: { GIT_INDEX_FILE: work.index },
    signal,
  });
  return plainTree(work);
}
