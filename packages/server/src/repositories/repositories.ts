import type { RepositoryLocation, TaskDiff } from '@prefish/protocol';

/** The two commits that are kept for a task: what was sent, and what came out. */
export type TaskRef = 'snapshots' | 'results';

/** The mirrors that snapshots are pushed to: one bare repository per repository id. */
export interface Repositories {
  /** The mirror of a repository; made when absent. */
  locate(repo: string, signal?: AbortSignal): Promise<RepositoryLocation>;
  /** Whether the mirror holds the commit. False also when there is no such mirror. */
  has(repo: string, commit: string, signal?: AbortSignal): Promise<boolean>;
  /** Points `refs/prefish/<kind>/<task id>` at a commit, so that it outlives every clean-up of the mirror. */
  pin(repo: string, taskId: string, kind: TaskRef, commit: string, signal?: AbortSignal): Promise<void>;
  /** What changed from one commit to another. */
  diff(repo: string, from: string, to: string, signal?: AbortSignal): Promise<TaskDiff>;
  /** Drops the refs of a task. Dropping what is not there is no error. */
  forget(repo: string, taskId: string, signal?: AbortSignal): Promise<void>;
}
