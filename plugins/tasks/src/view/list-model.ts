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
  #sections: readonly Section[] = [];
  #tasks: readonly FoundTask[] = [];
  #selected = 0;
  #loaded = false;

  get sections(): readonly Section[] {
    return this.#sections;
  }

  get tasks(): readonly FoundTask[] {
    return this.#tasks;
  }

  /** Whether any source has answered yet. */
  get loaded(): boolean {
    return this.#loaded;
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

  update(listings: readonly TaskListing[]): void {
    const before = this.selected;
    this.#loaded = true;
    this.#sections = listings
      .map(({ source, tasks, next, error }): Section => ({
        title: source.title,
        tasks: tasks.map((task) => ({ task, source })),
        more: next !== undefined,
        ...(error === undefined ? {} : { error }),
      }))
      .filter(({ tasks, error }) => tasks.length > 0 || error !== undefined);
    this.#tasks = this.#sections.flatMap(({ tasks }) => tasks);
    const again = this.#tasks.findIndex((found) => isSame(found, before));
    this.#selected = again === -1 ? Math.max(0, Math.min(this.#selected, this.#tasks.length - 1)) : again;
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
