import type { FoundTask, Task, TaskListing } from '@prefish/core';
import { isActive } from '../format/task-status.ts';

/** A source in the list: its tasks, or why they are not known. */
export interface Section {
  readonly title: string;
  readonly tasks: readonly FoundTask[];
  /** Whether the source has more tasks than were asked for. */
  readonly more: boolean;
  readonly error?: Error;
}

/** What the list shows and which of its rows is selected. The selection follows its task when others come and go. */
export class ListModel {
  readonly #listings = new Map<string, TaskListing>();
  #sections: readonly Section[] = [];
  #tasks: readonly FoundTask[] = [];
  #selected = 0;
  #sources: readonly string[] | undefined;
  #filter: string | undefined;

  get sections(): readonly Section[] {
    return this.#sections;
  }

  get tasks(): readonly FoundTask[] {
    return this.#tasks;
  }

  /** Whether there is something to show, or every source has said that it has nothing. */
  get loaded(): boolean {
    return (
      this.#sections.length > 0 || (this.#sources?.every((source) => this.#listings.has(source)) ?? false)
    );
  }

  /** Whether the filter is being typed. */
  typing = false;

  /** What a task has to hold to be shown, in its title, line, id or state; `undefined` when everything is. */
  get filter(): string | undefined {
    return this.#filter;
  }

  set filter(text: string | undefined) {
    this.#filter = text;
    this.#arrange();
  }

  get selected(): FoundTask | undefined {
    return this.#tasks[this.#selected];
  }

  /** Whether the selection is near the end of what is known and there is more. */
  get wantsMore(): boolean {
    return this.#selected >= this.#tasks.length - 20 && this.#sections.some(({ more }) => more);
  }

  get active(): number {
    return this.#tasks.filter(({ task }) => isActive(task)).length;
  }

  /** The sources whose sections are shown, in this order. */
  expect(sources: readonly string[]): void {
    this.#sources = sources;
    for (const source of this.#listings.keys()) if (!sources.includes(source)) this.#listings.delete(source);
    this.#arrange();
  }

  /** Takes what one source knows now. */
  update(listing: TaskListing): void {
    this.#listings.set(listing.source.id, listing);
    this.#arrange();
  }

  #arrange(): void {
    const before = this.selected;
    this.#sections = (this.#sources ?? [])
      .flatMap((source) => this.#listings.get(source) ?? [])
      .map(({ source, tasks, next, error }): Section => ({
        title: source.title,
        tasks: tasks.filter((task) => this.#fits(task)).map((task) => ({ task, source })),
        more: next !== undefined,
        ...(error === undefined ? {} : { error }),
      }))
      .filter(({ tasks, more, error }) => tasks.length > 0 || (more && this.#filter) || error !== undefined);
    this.#tasks = this.#sections.flatMap(({ tasks }) => tasks);
    const again = this.#tasks.findIndex((found) => isSame(found, before));
    this.#selected = again === -1 ? Math.max(0, Math.min(this.#selected, this.#tasks.length - 1)) : again;
  }

  #fits({ title, line, id, state }: Task): boolean {
    const wanted = this.#filter?.toLowerCase() ?? '';
    return wanted === '' || [title, line, id, state].some((text) => text.toLowerCase().includes(wanted));
  }

  move(by: number): void {
    this.#selected = Math.max(0, Math.min(this.#selected + by, this.#tasks.length - 1));
  }

  isSelected(task: Task): boolean {
    return this.selected?.task === task;
  }
}

function isSame(one: FoundTask, other: FoundTask | undefined): boolean {
  return one.task.id === other?.task.id && one.source.id === other.source.id;
}
