import type { TaskState } from './state.ts';

/** How a finished line ended: by its own exit code, or by a signal (`"SIGKILL"`). */
export type Exit = { readonly code: number } | { readonly signal: string };

/** The version of the repository that a task started from. */
export interface Base {
  /** The commit that HEAD named, or `null` in a repository without commits and outside git. */
  readonly commit: string | null;
  /** The branch that HEAD named, or `null` when it was detached or there is no git. */
  readonly branch: string | null;
  /** How many tracked files differed from `commit`. */
  readonly dirty: number;
  /** How many untracked files went along. */
  readonly untracked: number;
}

/** What a task changed in its work tree. Absent from a task that changed nothing. */
export interface Result {
  readonly commit: string;
  /** `prefish/<task id>` */
  readonly branch: string;
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** Which of the machine's networks a task reaches. */
export type Network = 'none' | 'allowlist' | 'full';

/** What contains a task. `none` is shown to people as `unsandboxed`. */
export type SandboxKind = 'bwrap' | 'none';

/** Tasks that run the same line on the same snapshot, to choose from (`--attempts`). */
export interface TaskGroup {
  readonly id: string;
  /** Counts from 1. */
  readonly index: number;
  readonly of: number;
}

/** A line that runs in the background, as every listing shows it. Times are ISO 8601 UTC. */
export interface Task {
  /** Chosen by whoever submits, so that a submission can be repeated without running twice. */
  readonly id: string;
  /** A small number for people, unique within its source. */
  readonly number: number;
  /** The id of the task source that owns it (`server`). */
  readonly source: string;
  /** Where it runs, for people: `this machine`, or a server's name. */
  readonly place: string;
  readonly title: string;
  /** The line, as the inner prefish runs it. */
  readonly line: string;
  readonly state: TaskState;
  /** Why it is in that state, a short word (`worker-lost`, `canceled`, `timeout` …); of one that could begin, what it waits for. */
  readonly reason?: string;
  /** Counts from 1; 0 until a worker has taken the task. */
  readonly attempt: number;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly exit?: Exit;
  readonly base?: Base;
  readonly result?: Result;
  readonly after?: readonly string[];
  /** What `--keep` names: of what it left there, files can be fetched. Absent: nothing is. */
  readonly keep?: readonly string[];
  /** The id of the task that it takes up where that one left off. */
  readonly continues?: string;
  /** The id of the task whose line it runs again, from the same snapshot. */
  readonly repeats?: string;
  readonly group?: TaskGroup;
  readonly sandbox: SandboxKind;
  readonly network: Network;
  /** The top folder of the work tree on the submitter's machine. */
  readonly root?: string;
  readonly url?: string;
}
