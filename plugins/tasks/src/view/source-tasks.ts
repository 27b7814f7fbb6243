import type { FoundTask, Task, TaskCounts, TaskListing } from '@prefish/core';

/** What is known of the tasks of one source: its first page as it is now, and what was read behind it. */
export class SourceTasks {
  #listing: TaskListing;
  #tasks: FoundTask[] = [];
  #next: string | undefined;

  constructor(listing: TaskListing) {
    this.#listing = listing;
    this.update(listing);
  }

  get title(): string {
    return this.#listing.source.title;
  }

  get tasks(): readonly FoundTask[] {
    return this.#tasks;
  }

  get error(): Error | undefined {
    return this.#listing.error;
  }

  /** How many there are, where the source tells. */
  get counts(): TaskCounts | undefined {
    return this.#listing.counts;
  }

  /** Where the tasks that are not known yet begin. */
  get next(): string | undefined {
    return this.#next;
  }

  /** Takes the first page. What was read behind its last task stays. */
  update(listing: TaskListing): void {
    this.#listing = listing;
    const page = this.#found(listing.tasks);
    const last = page.at(-1);
    const joint =
      last === undefined || listing.next === undefined
        ? -1
        : this.#tasks.findIndex(({ task }) => task.id === last.task.id);
    if (joint === -1) this.#next = listing.next;
    this.#tasks = joint === -1 ? page : [...page, ...this.#tasks.slice(joint + 1)];
  }

  /** Takes the page that began at `cursor`. */
  append(cursor: string, { tasks, next, error }: TaskListing): void {
    if (cursor !== this.#next) return;
    this.#next = next;
    if (error === undefined) this.#tasks.push(...this.#found(tasks));
  }

  /** Takes one of the tasks as it is now; `undefined` when it is gone. */
  replace(id: string, task: Task | undefined): void {
    const { source } = this.#listing;
    this.#tasks = this.#tasks.flatMap((found) =>
      found.task.id !== id ? found : task === undefined ? [] : { task, source },
    );
  }

  #found(tasks: readonly Task[]): FoundTask[] {
    const { source } = this.#listing;
    return tasks.map((task) => ({ task, source }));
  }
}
