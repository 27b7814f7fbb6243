import type { FoundTask, Task, TaskListing } from '@prefish/core';
import { isActive, stateWords } from '../format/task-status.ts';
import { foldEnded } from './fold-ended.ts';
import { SourceTasks } from './source-tasks.ts';

/** A source in the list: its tasks, or why they are not known. */
export interface Section {
  /** The id of the source. */
  readonly source: string;
  readonly title: string;
  readonly tasks: readonly FoundTask[];
  /** How many of those known are left out at the end, all of them ended: they make room for what runs in another section. */
  readonly folded: number;
  /** How many it has; `undefined` when that is not known, but more than there are here. */
  readonly total: number | undefined;
  readonly error: Error | undefined;
}

/** So many tasks before the end of those that are known, more are wanted. */
const readAhead = 50;

/** What the list shows and which of its rows is selected. The selection follows its task when others come and go. */
export class ListModel {
  readonly #known = new Map<string, SourceTasks>();
  #sections: readonly Section[] = [];
  #tasks: readonly FoundTask[] = [];
  #selected = 0;
  #sources: readonly string[] | undefined;
  #filter: string | undefined;
  #isArranged = true;
  /** Whether somebody has moved the selection. */
  #isChosen = false;
  #room = Infinity;
  #showsEnded = false;
  /** A task that is to be selected once it is there. */
  #wanted: Task | undefined;
  /** The task that was selected is not there any more: no other one is, until somebody moves. */
  #isLost = false;

  get sections(): readonly Section[] {
    this.#arrange();
    return this.#sections;
  }

  get tasks(): readonly FoundTask[] {
    this.#arrange();
    return this.#tasks;
  }

  /** Whether there is something to show, or every source has said that it has nothing. */
  get loaded(): boolean {
    return this.sections.length > 0 || (this.#sources?.every((source) => this.#known.has(source)) ?? false);
  }

  /** Whether the filter is being typed. */
  typing = false;

  /** What a task has to hold to be shown, in its title, line, id, state or folder; `undefined` when everything is. */
  get filter(): string | undefined {
    return this.#filter;
  }

  set filter(text: string | undefined) {
    const before = this.selected;
    this.#filter = text;
    this.#isArranged = false;
    // One that no longer fits is followed by the first that does.
    if (!isSame(this.selected, before)) this.#select(0);
  }

  /** How many rows are seen: where what runs does not fit in, what has ended makes room. */
  set room(rows: number) {
    if (rows === this.#room) return;
    this.#room = rows;
    this.#isArranged = false;
  }

  /** Whether tasks that have ended are left out, or were and are shown all the same. */
  get foldable(): boolean {
    return this.#showsEnded || this.sections.some(({ folded }) => folded > 0);
  }

  /** Whether every task that has ended is shown. */
  get showsEnded(): boolean {
    return this.#showsEnded;
  }

  /** Shows every task that has ended, or no longer. */
  toggleEnded(): void {
    this.#showsEnded = !this.#showsEnded;
    this.#isArranged = false;
  }

  /** Selects a task, as soon as its source lists it, unless somebody moves the selection before. */
  choose(task: Task): void {
    this.#wanted = task;
    this.#isChosen = true;
    this.#isArranged = false;
  }

  #restart(): void {
    this.#arrange();
    this.#select(0);
  }

  #select(index: number): void {
    this.#selected = Math.max(0, Math.min(index, this.tasks.length - 1));
    this.#isLost = false;
    this.#wanted = undefined;
  }

  /** Of a task that has gone by itself, none takes the place: what is done next is meant for nobody else. */
  get selected(): FoundTask | undefined {
    const { tasks } = this;
    return this.#isLost ? undefined : tasks[this.#selected];
  }

  /** How many tasks have not ended, shown or not. */
  get active(): number {
    let active = 0;
    for (const known of this.#shown())
      active += known.counts?.active ?? known.tasks.filter(({ task }) => isActive(task)).length;
    return active;
  }

  /** Where the source goes on, when the selection is near the end of what is known of it, or a filter has to see all. */
  wanted(source: string): string | undefined {
    const known = this.#known.get(source);
    if (known?.next === undefined) return undefined;
    if (this.#filter) return known.next;
    if (this.sections.some(({ source: of, folded }) => of === source && folded > 0)) return undefined;
    const last = known.tasks.at(-1);
    const end = last === undefined ? 0 : this.tasks.indexOf(last) + 1;
    const isNear = this.#selected < end && this.#selected >= end - readAhead;
    return isNear || end === 0 ? known.next : undefined;
  }

  /** The sources whose sections are shown, in this order. */
  expect(sources: readonly string[]): void {
    this.#sources = sources;
    for (const source of this.#known.keys()) if (!sources.includes(source)) this.#known.delete(source);
    this.#isArranged = false;
  }

  /** Takes the first page of a source, and what runs behind it. */
  update(listing: TaskListing, running: readonly Task[] = []): void {
    const { id } = listing.source;
    const known = this.#known.get(id);
    if (known === undefined) this.#known.set(id, new SourceTasks(listing, running));
    else known.update(listing, running);
    this.#isArranged = false;
    // A section that is new may stand above what nobody has chosen.
    if (known === undefined && !this.#isChosen) this.#restart();
  }

  /** Those of a source that have ended since they were read. */
  outdated(source: string): readonly FoundTask[] {
    return this.#known.get(source)?.outdated ?? [];
  }

  /** Takes the page of a source that begins at `cursor`. */
  append(cursor: string, listing: TaskListing): void {
    this.#known.get(listing.source.id)?.append(cursor, listing);
    this.#isArranged = false;
  }

  /** Takes a task as it is now; `undefined` when it is gone. */
  replace({ task: { id }, source }: FoundTask, task: Task | undefined): void {
    this.#known.get(source.id)?.replace(id, task);
    this.#isArranged = false;
  }

  /** By one from where nothing is selected: to what stands there now. */
  move(by: number): void {
    this.#arrange();
    this.#isChosen = true;
    this.#select(this.#isLost && Math.abs(by) === 1 ? this.#selected : this.#selected + by);
  }

  /** Whether a task is shown as it was when its source could last be asked. */
  isStale({ task, source }: FoundTask): boolean {
    return this.#known.get(source.id)?.isStale(task) ?? false;
  }

  isSelected(task: Task): boolean {
    return this.selected?.task === task;
  }

  /** Whether another source may have given the number of this task to one of its own. */
  hasAmbiguousNumber({ task: { number }, source }: FoundTask): boolean {
    return Array.from(this.#known).some(([id, other]) => id !== source.id && other.highestNumber >= number);
  }

  #shown(): readonly SourceTasks[] {
    return (this.#sources ?? []).flatMap((source) => this.#known.get(source) ?? []);
  }

  #arrange(): void {
    if (this.#isArranged) return;
    this.#isArranged = true;
    const before = this.#isLost ? undefined : this.#tasks[this.#selected];
    const sections = Array.from(this.#shown(), (known) => this.#section(known)).filter(
      ({ tasks, total, error }) => tasks.length > 0 || total === undefined || error !== undefined,
    );
    const isWhole = this.#showsEnded || this.#filter !== undefined;
    this.#sections = isWhole ? sections : foldEnded(sections, this.#room, before);
    this.#tasks = this.#sections.flatMap(({ tasks }) => tasks);
    const wanted = this.#tasks.findIndex(({ task }) => task.id === this.#wanted?.id);
    if (wanted !== -1) this.#wanted = undefined;
    const again = wanted === -1 ? this.#tasks.findIndex((found) => isSame(found, before)) : wanted;
    if (again !== -1) {
      this.#selected = again;
      this.#isLost = false;
      return;
    }
    this.#selected = Math.max(0, Math.min(this.#selected, this.#tasks.length - 1));
    if (before === undefined) return;
    this.#isLost = true;
    this.#wanted ??= before.task;
  }

  #section({ source, title, tasks, next, counts, error }: SourceTasks): Section {
    const wanted = this.#filter?.toLowerCase();
    const section = { source: source.id, title, folded: 0, error };
    if (!wanted) {
      return { ...section, tasks, total: counts?.total ?? (next === undefined ? tasks.length : undefined) };
    }
    const fitting = tasks.filter(({ task }) => fits(task, wanted));
    return { ...section, tasks: fitting, total: next === undefined ? fitting.length : undefined };
  }
}

function fits(task: Task, wanted: string): boolean {
  const { title, line, id, place, reason = '', root = '' } = task;
  return [title, line, id, place, stateWords(task), reason, root].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

function isSame(one: FoundTask | undefined, other: FoundTask | undefined): boolean {
  return one?.task.id === other?.task.id && one?.source.id === other?.source.id;
}
