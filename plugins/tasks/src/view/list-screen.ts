import { setTimeout as sleep } from 'node:timers/promises';
import type { Task, TaskListing, TaskSource } from '@prefish/core';
import { sanitizeLabel, type KeyPress } from '@prefish/screen';
import { isActive, resultWords } from '../format/task-status.ts';
import { Activities } from '../live/activities.ts';
import { Changes } from '../live/changes.ts';
import type { TaskNews } from '../news/task-news.ts';
import { actionForKey } from './action-for-key.ts';
import type { Wish } from './browse.ts';
import type { ListModel } from './list-model.ts';
import { ListBody } from './list-body.ts';
import { footRows, headRows, moreRows } from './list-rows.ts';
import { noticeRows, type Notice } from './notice-rows.ts';
import { closes, movement, runScreen, type StyledSurroundings } from './screen.ts';
import { sourcesInOrder } from './order.ts';
import { keepInView } from './window.ts';

/** What the list says besides its tasks. */
export interface ListScreenOptions extends StyledSurroundings {
  /** Said where there are no tasks. */
  readonly empty: string;
  /** What came of the action before. */
  readonly notice: Notice | undefined;
  /** Which tasks have not been opened since they came to something. */
  readonly news: TaskNews;
}

/** Sources are asked this often, in milliseconds; elapsed times count on in between. */
const listEvery = 1000;
/** Changes that come faster than this, in milliseconds, are shown together. */
const calm = 50;
/** How many tasks of each source are asked for again and again: its newest. */
const pageSize = 100;
/** How many more at a time near the end of those that are known; a filter goes through all of them. */
const nextPageSize = 1000;

/** While the list is shown: how it is drawn again, and when that is over. */
interface Live {
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

/** The list as a menu below the prompt; it disappears when it is closed. */
export class ListScreen {
  readonly #model: ListModel;
  readonly #body: ListBody;
  readonly #options: ListScreenOptions;
  #first = 0;
  #page = 1;
  #live: Live | undefined;
  #activities: Activities | undefined;
  /** The sources of which a further page is on its way. */
  readonly #reading = new Set<string>();

  constructor(model: ListModel, options: ListScreenOptions) {
    this.#model = model;
    this.#body = new ListBody(model);
    this.#options = options;
  }

  run(): Promise<Wish> {
    return runScreen<Wish>({
      ...this.#options,
      alternate: false,
      draw: (size) => this.#draw(size),
      press: (key, leave) => this.#press(key, leave),
      live: (changed, signal) => this.#follow(changed, signal),
    });
  }

  async #follow(changed: () => void, signal: AbortSignal): Promise<void> {
    const sources = sourcesInOrder(this.#options.context.shell.tasks.sources);
    this.#live = { changed, signal };
    this.#model.expect(sources.map(({ id }) => id));
    this.#activities = new Activities(changed, signal);
    await Promise.all(sources.map((source) => this.#followSource(source, changed, signal)));
  }

  /** Keeps the section of one source up to date. Each goes at its own pace: none waits for another that hangs. */
  async #followSource(source: TaskSource, changed: () => void, signal: AbortSignal): Promise<void> {
    const { tasks } = this.#options.context.shell;
    using changes = new Changes(source, signal);
    while (!signal.aborted) {
      const listing = await tasks.listSource(source.id, { limit: pageSize, counts: true }, signal);
      // A listing that was interrupted knows nothing, and the model outlives this screen.
      if (signal.aborted || listing === undefined) return;
      const running = await this.#runningBehind(listing, signal);
      if (signal.aborted) return;
      this.#model.update(listing, running);
      changed();
      await this.#refreshOutdated(source, signal);
      await changes.next(listEvery);
      await sleep(calm, undefined, { signal });
    }
  }

  /** What runs, or asks, that is not on the first page: it belongs to the top of the list. */
  async #runningBehind(listing: TaskListing, signal: AbortSignal): Promise<readonly Task[]> {
    const { source, tasks, next, counts } = listing;
    const active = tasks.filter((task) => isActive(task)).length;
    if (next === undefined || counts?.active === active) return [];
    const query = { limit: pageSize, state: ['input-required', 'working'] } as const;
    const running = await this.#options.context.shell.tasks.listSource(source.id, query, signal);
    return running?.tasks ?? [];
  }

  /** What has ended since it was read is on no page that is asked for again. */
  async #refreshOutdated(source: TaskSource, signal: AbortSignal): Promise<void> {
    for (const found of this.#model.outdated(source.id)) {
      try {
        this.#model.replace(found, await source.get(found.task.id, signal));
      } catch {
        // It is asked for again with the next listing, which says what is wrong with the source.
        return;
      }
    }
  }

  /** Reads on where the list wants more than it has. */
  #readOn(): void {
    if (this.#live === undefined) return;
    for (const { id } of this.#options.context.shell.tasks.sources) {
      if (!this.#reading.has(id)) void this.#readPages(id, this.#live);
    }
  }

  /** Reads the pages of a source that are wanted, each as soon as the one before is there. */
  async #readPages(source: string, { changed, signal }: Live): Promise<void> {
    const { tasks } = this.#options.context.shell;
    this.#reading.add(source);
    try {
      for (
        let cursor = this.#model.wanted(source);
        cursor !== undefined && !signal.aborted;
        cursor = this.#model.wanted(source)
      ) {
        const listing = await tasks.listSource(source, { limit: nextPageSize, cursor }, signal);
        if (signal.aborted || listing === undefined) return;
        this.#model.append(cursor, listing);
        changed();
      }
    } catch {
      // Only an interrupted one throws.
    } finally {
      this.#reading.delete(source);
    }
  }

  #draw({ columns, rows }: { columns: number; rows: number }): readonly string[] {
    this.#readOn();
    const { style, notice, empty, news } = this.#options;
    const head = headRows(this.#model, style);
    const foot = footRows(this.#model, style, columns);
    const said = noticeRows(notice, columns, style);
    if (!this.#model.loaded) return [...head, ...said, ...foot];
    const { length, focus } = this.#body;
    if (length === 0 && this.#model.filter !== undefined) return [...head, '', '  Nothing fits', '', ...foot];
    if (length === 0) return [...empty.split('\n'), ...said, ...foot];
    this.#page = Math.max(1, rows - 1 - head.length - said.length - foot.length - 2);
    // The heading of the first section is shown with its first task.
    const wanted = focus === 1 ? 0 : this.#first;
    this.#first = keepInView(wanted, focus, length, this.#page);
    const seen = this.#body.tasks(this.#first, this.#page);
    this.#activities?.follow(seen);
    const body = this.#body.draw(this.#first, this.#page, {
      columns,
      now: Date.now(),
      cwd: this.#options.context.cwd,
      style,
      isUnread: (task) => news.isUnread(task),
      activity: (task) => this.#activityOf(task),
    });
    const above = this.#body.tasksAbove(this.#first);
    const section = this.#body.sectionOf(this.#first);
    const more = moreRows(this.#model, { above, tasks: seen.length, section }, style);
    return [...head, more.above, ...body, more.below, ...said, ...foot];
  }

  /** What a task does, waits for, or has changed. */
  #activityOf(task: Task): string {
    if (task.state === 'submitted') return sanitizeLabel(task.reason ?? '');
    return isActive(task) ? (this.#activities?.of(task) ?? '') : resultWords(task);
  }

  #press(key: KeyPress, leave: (wish: Wish) => void): void {
    if (this.#model.typing) return this.#type(key);
    if (key.name === 'escape' && this.#model.filter !== undefined) return this.#filter(undefined);
    if (closes(key)) return leave({ type: 'close' });
    if (key.text === '/') return this.#filter(this.#model.filter ?? '', true);
    const by = movement(key, this.#page);
    if (by !== undefined) return this.#model.move(by);
    const found = this.#model.selected;
    if (found === undefined) return;
    const action = actionForKey(found, key);
    if (action !== undefined) leave({ type: 'act', found, action, from: 'list' });
    else if (key.name === 'return') leave({ type: 'view', found });
  }

  /** A key while the filter is typed; ↑ and ↓ move as ever. */
  #type(key: KeyPress): void {
    const text = this.#model.filter ?? '';
    const by = key.text === '' ? movement(key, this.#page) : undefined;
    if (key.name === 'escape' || (key.ctrl && key.name === 'c')) this.#filter(undefined);
    else if (key.name === 'return') this.#filter(text === '' ? undefined : text);
    else if (key.name === 'backspace') this.#filter(text.slice(0, -1), true);
    else if (by !== undefined) this.#model.move(by);
    else if (key.text !== '' && !key.ctrl) this.#filter(text + key.text, true);
  }

  #filter(text: string | undefined, typing = false): void {
    this.#model.filter = text;
    this.#model.typing = typing;
  }
}
