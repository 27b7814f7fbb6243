import type { Event, KeptFile, Task, TaskCounts, TaskPage, TaskQuery } from '@prefish/protocol';
import type { Args, ArgsSpec, Positional } from './command.ts';
import type { RunContext } from './context.ts';
import type { Outcome } from './outcome.ts';

type Awaitable<T> = T | Promise<T>;

/** Which events of a task are wanted. */
export interface EventQuery {
  /** Events with `seq` greater than this. */
  readonly after: number;
  /** Go on until the task has ended. */
  readonly follow: boolean;
  /** Who asks shows by himself that the source does not answer, and that it does again: nothing is said of it. */
  readonly quiet?: boolean;
}

/** Something that can be done with a task of a source: `prefish tasks NAME ID …`, a key in the list. */
export interface TaskAction<S extends ArgsSpec = ArgsSpec> {
  readonly name: string;
  readonly summary: string;
  /** The key in the list and the view: `x`. `enter` takes the place of the view where it applies. */
  readonly key?: string;
  /** Words after the ID. */
  readonly positionals?: readonly Positional[];
  readonly args?: S;
  /** Whether list and view offer it for this task as it is. A script may name it regardless: `run` refuses by itself. */
  applies?(task: Task): boolean;
  /** What a person is asked before the key does it: of what cannot be taken back. A script that names it is not asked. */
  confirm?(task: Task): string;
  run(task: Task, args: Args<S>, context: RunContext): Awaitable<Outcome>;
  /** What it does where no task is named: `prefish tasks open`. Without it, a task must be. */
  runAlone?(args: Args<S>, context: RunContext): Awaitable<Outcome>;
}

/** Keeps the types of an action's own options in the list of `actions`. */
export function defineAction<const S extends ArgsSpec = Record<never, never>>(
  action: TaskAction<S>,
): TaskAction {
  return action as unknown as TaskAction;
}

/**
 * A source of background tasks in the one list. A source that throws or hangs is one warning row;
 * the others are shown all the same.
 */
export interface TaskSource {
  readonly id: string;
  /** The heading of its section: `Local sessions`. */
  readonly title: string;
  /** Whether nobody can say that there are no tasks while this source cannot be asked. Default: false, and its failure is a warning. */
  readonly essential?: boolean;
  /** Newest first. With an `error` where some are known, and why the others are not. */
  list(query: TaskQuery, signal: AbortSignal): Promise<TaskPage & { readonly error?: Error }>;
  /** By id, number, unique beginning of an id, or `@last`; `undefined` when it has none such. */
  get(reference: string, signal: AbortSignal): Promise<Task | undefined>;
  /** Each task of the source, whenever it changes, from now on. */
  watch?(signal: AbortSignal): AsyncIterable<Task>;
  events?(id: string, query: EventQuery, signal: AbortSignal): AsyncIterable<Event>;
  /** What was kept of a task that has ended, which its action `get` fetches. */
  files?(id: string, signal: AbortSignal): Promise<readonly KeptFile[]>;
  readonly actions: readonly TaskAction[];
}

/** The tasks of one source, or why they are not known. */
export interface TaskListing {
  readonly source: TaskSource;
  readonly plugin: string;
  readonly tasks: readonly Task[];
  readonly next?: string;
  readonly counts?: TaskCounts;
  readonly error?: Error;
}

/** A task and the source that owns it. */
export interface FoundTask {
  readonly task: Task;
  readonly source: TaskSource;
  /** The sources that could not be asked, where the reference was a number: one of them may have given it to a task of its own. */
  readonly unasked?: readonly TaskSource[];
}

/** All sources together. */
export interface TaskDirectory {
  readonly sources: readonly TaskSource[];
  /** Asks every source, each under its own deadline, and waits for the slowest. Never rejects because of one of them. */
  list(query: TaskQuery, signal: AbortSignal): Promise<readonly TaskListing[]>;
  /**
   * Asks one source, for a list that shows what it knows and does not wait for the others. Never
   * rejects; `undefined` when there is no such source (any more).
   */
  listSource(id: string, query: TaskQuery, signal: AbortSignal): Promise<TaskListing | undefined>;
  /**
   * @param among which sources `@last` may be of; of all, without it, and where it fits none
   * @throws PREFISH_TASK_NOT_FOUND, PREFISH_TASK_AMBIGUOUS; a source's own error when no other has the task
   */
  find(reference: string, signal: AbortSignal, among?: (source: TaskSource) => boolean): Promise<FoundTask>;
}
