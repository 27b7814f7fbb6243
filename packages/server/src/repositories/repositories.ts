import type { RepositoryHistory, RepositoryLocation, TaskDiff } from '@prefish/protocol';
import type { Lease } from '../store/store.ts';

/** The mirrors that snapshots are pushed to: one bare repository per repository id. */
export interface Repositories {
  /** The mirrors of an owner; those of '' are these. Nobody sees another’s. */
  of(owner: string): Repositories;
  /** The mirror of a repository; made when absent. */
  locate(repo: string, signal?: AbortSignal): Promise<RepositoryLocation>;
  /**
   * Makes a history on this disk a part of a mirror without a copy, where it can be. Only for whoever may read
   * everything there: the user whose server this is.
   */
  link(repo: string, history: RepositoryHistory, signal?: AbortSignal): Promise<void>;
  /** The folder of a mirror that is there. */
  find(repo: string): Promise<string | undefined>;
  /** Whether the mirror holds the commit. False also when there is no such mirror. */
  has(repo: string, commit: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Takes over the snapshot that was pushed to `refs/prefish/snapshots/<task id>`: it goes to `sent`, which
   * pushes are not told of, and becomes `refs/prefish/latest`, from which the next push needs only the
   * difference. So a push is told of one ref, however many tasks there are. False when the mirror does not
   * hold the commit.
   */
  keepSnapshot(repo: string, taskId: string, commit: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Points `refs/prefish/results/<task id>/<attempt>` at what came out, so that it outlives every clean-up of
   * the mirror. One for each attempt: one that lost its lease and does not know it yet harms no later one.
   */
  keepResult(repo: string, attempt: Lease, commit: string, signal?: AbortSignal): Promise<void>;
  /** What changed from one commit to another. */
  diff(repo: string, from: string, to: string, signal?: AbortSignal): Promise<TaskDiff>;
  /** Drops the refs of a task. Dropping what is not there is no error. */
  forget(repo: string, taskId: string, signal?: AbortSignal): Promise<void>;
}
