import type { FoundTask, Task, TaskCounts, TaskListing, TaskSource } from '@prefish/core';
import { isActive } from '../format/task-status.ts';
import { isUnsent } from '../live/kept-line.ts';
import { tasksInOrder } from './order.ts';

/**
 * What is known of the tasks of one source: its first page as it is now, what was read behind it, and those that run
 * although they are older than either.
 */
export class SourceTasks {
  /** The last first page that the source gave. */
  #listing: TaskListing;
  /** Why it could not be asked since. */
  #error: Error | undefined;
  /** What is known of these is what was, by their ids: the source cannot be asked. */
  readonly #stale = new Set<string>();
  /** As the source lists them, without gaps from the newest on. */
  #listed: FoundTask[] = [];
  /** By their ids. */
  #running = new Map<string, FoundTask>();
  #next: string | undefined;
  #ordered: readonly FoundTask[] | undefined;

  constructor(listing: TaskListing, running: readonly Task[] = []) {
    this.#listing = listing;
    this.update(listing, running);
  }

  get source(): TaskSource {
    return this.#listing.source;
  }

  get title(): string {
    return this.source.title;
  }

  /** In the order in which they are shown. */
  get tasks(): readonly FoundTask[] {
    return (this.#ordered ??= this.#arranged());
  }

  get error(): Error | undefined {
    return this.#error;
  }

  /** Whether a task is shown as it was when its source could last be asked. */
  isStale({ id }: Task): boolean {
    return this.#stale.has(id);
  }

  /** How many there are, where the source tells. */
  get counts(): TaskCounts | undefined {
    return this.#listing.counts;
  }

  /** The highest number that one of its tasks has: those below it are given, or have been. 0 where they have none. */
  get highestNumber(): number {
    return this.#listing.tasks.reduce((highest, { number }) => Math.max(highest, number), 0);
  }

  /** Where the tasks that are not known yet begin. */
  get next(): string | undefined {
    return this.#next;
  }

  /** Those that ran when they were read, and are not among those that run now. */
  get outdated(): readonly FoundTask[] {
    if (this.#stale.size > 0) return [];
    const current = new Set(this.#listing.tasks.map(({ id }) => id));
    return this.#listed.filter(
      ({ task: { id, state } }) =>
        (state === 'working' || state === 'input-required') && !current.has(id) && !this.#running.has(id),
    );
  }

  /**
   * Takes the first page, and what runs behind it. What was read behind its last task stays; of a source that cannot
   * be asked, all that was known.
   */
  update(listing: TaskListing, running: readonly Task[]): void {
    this.#error = listing.error;
    this.#stale.clear();
    this.#ordered = undefined;
    // A source that was asked may complain of single tasks.
    const wasAsked = listing.error === undefined || listing.tasks.some((task) => !isUnsent(task));
    if (!wasAsked) return this.#keep(listing);
    this.#listing = listing;
    const page = this.#found(listing.tasks);
    const last = page.at(-1);
    const joint =
      last === undefined || listing.next === undefined
        ? -1
        : this.#listed.findIndex(({ task }) => task.id === last.task.id);
    if (joint === -1) this.#next = listing.next;
    this.#listed = joint === -1 ? page : [...page, ...this.#listed.slice(joint + 1)];
    this.#running = new Map(this.#found(running).map((found) => [found.task.id, found]));
    for (const { id } of listing.tasks) this.#running.delete(id);
  }

  /** The page of a source that could not be asked has what waits here to be sent, and no more. */
  #keep({ tasks }: TaskListing): void {
    const waiting = new Set(tasks.map(({ id }) => id));
    const known = this.#listed.filter(({ task }) => !waiting.has(task.id) && !isUnsent(task));
    for (const { task } of [...known, ...this.#running.values()]) {
      if (isActive(task)) this.#stale.add(task.id);
    }
    this.#listed = [...this.#found(tasks), ...known];
  }

  /** Takes the page that began at `cursor`. */
  append(cursor: string, { tasks, next, error }: TaskListing): void {
    if (cursor !== this.#next) return;
    this.#next = next;
    if (error === undefined) this.#listed = [...this.#listed, ...this.#found(tasks)];
    this.#ordered = undefined;
  }

  /** Takes one of the tasks as it is now; `undefined` when it is gone. */
  replace(id: string, task: Task | undefined): void {
    const { source } = this.#listing;
    this.#listed = this.#listed.flatMap((found) =>
      found.task.id !== id ? found : task === undefined ? [] : { task, source },
    );
    if (task === undefined) this.#running.delete(id);
    else if (this.#running.has(id)) this.#running.set(id, { task, source });
    this.#ordered = undefined;
  }

  #arranged(): readonly FoundTask[] {
    if (this.#running.size === 0) return tasksInOrder(this.#listed);
    const older = new Map(this.#running);
    const listed = this.#listed.map((found) => {
      const current = older.get(found.task.id);
      older.delete(found.task.id);
      return current ?? found;
    });
    return tasksInOrder([...listed, ...older.values()]);
  }

  #found(tasks: readonly Task[]): FoundTask[] {
    const { source } = this.#listing;
    return tasks.map((task) => ({ task, source }));
  }
}
