import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundTask, Task, TaskAction, TaskListing, TaskSource } from '@prefish/core';
import { reasonWords } from '@prefish/protocol';
import { sanitizeLabel, type KeyPress } from '@prefish/screen';
import { isActive, numberWords, resultWords, titleWords } from '../format/task-status.ts';
import { Activities } from '../live/activities.ts';
import { Changes } from '../live/changes.ts';
import type { TaskNews } from '../news/task-news.ts';
import { actionForKey } from './action-for-key.ts';
import type { Wish } from './browse.ts';
import type { ListModel } from './list-model.ts';
import { endedKey, ListBody } from './list-body.ts';
import type { Drawing } from './foot-question.ts';
import { footRows, headRows, moreRows } from './list-rows.ts';
import { HeldSelection } from './held-selection.ts';
import { noticeRows, type Notice } from './notice-rows.ts';
import { leaveFor, replyKey, type Beforehand } from './reply-to-task.ts';
import { closes, movement, runScreen, type StyledSurroundings } from './screen.ts';
import { sourcesInOrder } from './order.ts';
import { UnheardMessage } from './unheard-message.ts';
import { whyNot } from './why-not.ts';
import { keepInView } from './window.ts';

/** What the list says besides its tasks. */
export interface ListScreenOptions extends StyledSurroundings {
  /** Said where there are no tasks. */
  readonly empty: string;
  /** What came of the action before: until the next key. */
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
  readonly #unheard = new UnheardMessage();
  readonly #held = new HeldSelection();
  #notice: Notice | undefined;
  /** What is asked before an action. */
  #asking: (Beforehand & { readonly found: FoundTask; readonly action: TaskAction }) | undefined;

  constructor(model: ListModel, options: ListScreenOptions) {
    this.#model = model;
    this.#body = new ListBody(model);
    this.#options = options;
    this.#notice = options.notice;
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

  #draw({ columns, rows: height }: { columns: number; rows: number }): Drawing {
    // One row above the list is free as it is.
    const rows = height - Math.max(0, (this.#options.notice?.printed ?? 0) - 1);
    this.#readOn();
    this.#body.columns = columns;
    const { style, empty, news } = this.#options;
    const head = headRows(this.#model, style);
    const isUnread = (task: Task): boolean => news.isUnread(task);
    const hasUnread = this.#body.tasks(this.#first, rows).some(({ task }) => isUnread(task));
    const asking = this.#asking?.question.draw({ columns, rows: rows >> 1 }, style);
    const foot = asking?.rows ?? footRows(this.#model, style, columns, hasUnread);
    const said = noticeRows(this.#notice, columns, style);
    if (!this.#model.loaded) return { rows: [...head, ...said, ...foot] };
    this.#page = Math.max(1, rows - 1 - head.length - said.length - foot.length - 2);
    this.#model.room = this.#page;
    const { length, focus } = this.#body;
    if (length === 0 && this.#model.filter !== undefined) {
      return { rows: [...head, '', '  Nothing fits', '', ...foot] };
    }
    if (length === 0) return { rows: [...empty.split('\n'), ...said, ...foot] };
    // The heading of the first section is shown with its first task.
    const wanted = focus === 1 ? 0 : this.#first;
    this.#first = keepInView(wanted, focus ?? wanted, length, this.#page);
    const { selected } = this.#model;
    // What an action has started is awaited there.
    if (selected !== undefined && selected.task.id === this.#options.notice?.about?.id) this.#held.byHand();
    this.#held.shows(selected);
    const seen = this.#body.tasks(this.#first, this.#page);
    this.#activities?.follow(seen);
    const body = this.#body.draw(this.#first, this.#page, {
      columns,
      now: Date.now(),
      cwd: this.#options.context.cwd,
      style,
      isUnread,
      activity: (task) => this.#activityOf(task),
    });
    const above = this.#body.tasksAbove(this.#first);
    const section = this.#body.sectionOf(this.#first);
    const more = moreRows(this.#model, { above, tasks: seen.length, section }, style);
    const upper = [...head, more.above, ...body, more.below, ...said];
    const cursor = asking?.cursor;
    return {
      rows: [...upper, ...foot],
      ...(cursor && { cursor: { ...cursor, row: upper.length + cursor.row } }),
    };
  }

  /** What a task does, waits for, or has changed. */
  #activityOf(task: Task): string {
    if (task.state === 'submitted') return sanitizeLabel(reasonWords(task.reason ?? ''));
    return isActive(task) ? (this.#activities?.of(task) ?? '') : resultWords(task);
  }

  #press(key: KeyPress, leave: (wish: Wish) => void): void {
    this.#notice = undefined;
    if (this.#asking !== undefined) return this.#answer(key, leave);
    if (this.#model.typing) return this.#type(key);
    if (this.#unheard.holds(key)) return;
    if (key.name === 'escape' && this.#model.filter !== undefined) return this.#filter(undefined);
    if (closes(key)) return leave({ type: 'close' });
    if (key.text.startsWith('/')) return this.#filter((this.#model.filter ?? '') + key.text.slice(1), true);
    const by = movement(key, this.#page);
    if (by !== undefined) return this.#move(by);
    if (key.text === endedKey && this.#model.foldable) return this.#model.toggleEnded();
    const found = this.#model.selected;
    if (found === undefined) return;
    const action = actionForKey(found, key);
    if (action !== undefined && !this.#held.isMeant(found)) {
      this.#notice = {
        text: `the selection has moved to ${this.#nameOf(found)}: once more to ${action.name} that`,
        kind: 'quiet',
      };
    } else if (action !== undefined) this.#act(found, action, key, leave);
    else if (key.name === 'return') leave({ type: 'view', found });
    else this.#refuse(found, key);
  }

  /** What is said to a task is typed in its view, where one sees what it has said. */
  #act(found: FoundTask, action: TaskAction, key: KeyPress, leave: (wish: Wish) => void): void {
    if (key.text === replyKey) return leave({ type: 'view', found, reply: true });
    const beforehand = leaveFor(action, found);
    if (beforehand === undefined) leave({ type: 'act', found, action, words: [], from: 'list' });
    else this.#asking = { ...beforehand, found, action };
  }

  #answer(key: KeyPress, leave: (wish: Wish) => void): void {
    const { question, words, found, action } = this.#asking!;
    const answered = question.press(key);
    if (answered === 'open') return;
    this.#asking = undefined;
    if (answered !== 'dropped')
      leave({ type: 'act', found, action, words: words(answered.answer), from: 'list' });
  }

  #refuse(found: FoundTask, key: KeyPress): void {
    const text = whyNot(found, key, this.#options.context.shell);
    if (text !== undefined) this.#notice = { text, kind: 'quiet' };
    if (key.text === replyKey) this.#unheard.begin();
  }

  /** A key while the filter is typed; ↑ and ↓ move as ever. */
  #type(key: KeyPress): void {
    const text = this.#model.filter ?? '';
    const by = key.text === '' ? movement(key, this.#page) : undefined;
    if (key.name === 'escape' || (key.ctrl && key.name === 'c')) this.#filter(undefined);
    else if (key.name === 'return') this.#filter(text === '' ? undefined : text);
    else if (key.name === 'backspace') this.#filter(text.slice(0, -1), true);
    else if (by !== undefined) this.#move(by);
    else if (key.text !== '' && !key.ctrl) this.#filter(text + key.text, true);
  }

  #move(by: number): void {
    this.#held.byHand();
    this.#model.move(by);
  }

  #filter(text: string | undefined, typing = false): void {
    this.#held.byHand();
    this.#model.filter = text;
    this.#model.typing = typing;
  }

  #nameOf(found: FoundTask): string {
    return numberWords(found.task, this.#model.hasAmbiguousNumber(found)) || `“${titleWords(found.task)}”`;
  }
}
