import { errorMessage, type FoundTask, type Task } from '@prefish/core';
import { isPrefishError } from '@prefish/protocol';
import { padEnd, sanitizeLabel, textWidth, truncate, wrapWords, type Style } from '@prefish/screen';
import { folderWords } from '../format/folder-words.ts';
import {
  asUnknown,
  colorOfState,
  containment,
  elapsed,
  numberWords,
  siblingWords,
  stateWords,
  titleWords,
} from '../format/task-status.ts';
import type { ListModel, Section } from './list-model.ts';

/** What the rows of the list are made for. */
export interface ListBodyOptions {
  readonly columns: number;
  readonly now: number;
  /** The folder of the user: tasks of others show theirs. */
  readonly cwd: string;
  readonly style: Style;
  /** Whether a task is marked. */
  isUnread(task: Task): boolean;
  /** What a task does now; `''` when that is not known. */
  activity(task: Task): string;
}

interface Widths {
  /** Of the whole row. */
  readonly columns: number;
  readonly number: number;
  readonly status: number;
  /** What is left for a task's activity, with the gap before it; 0 where there is none, or no room. */
  readonly activity: number;
}

type Row =
  | { readonly type: 'task'; readonly found: FoundTask }
  | { readonly type: 'title' | 'folded'; readonly section: Section }
  | { readonly type: 'warning'; readonly text: string };

/** The key that shows all that has ended where it makes room for what runs. */
export const endedKey = 'e';

/** A title is not made narrower than this for what the task does, and that not shown in less than the other. */
const leastTitle = 20;
const leastActivity = 14;
/** On a narrow screen a title has this part of the row before the state is shown whole. */
const narrowTitle = 0.4;
/** The state is cut where it takes more than this, and than a third of the row. */
const leastStatus = 32;
/** On a wide screen a row is no wider than this, but where titles and what tasks do need it, up to the others. */
const comfortable = 100;
const mostTitle = 80;
const mostActivity = 60;
/** Before a task that has come to something and was not opened since. */
export const unreadMark = '•';
/** A folder takes no more of the row than this. */
const mostFolder = 20;

/**
 * The sections with their tasks; a source that failed is one row that says why. Only rows that are seen
 * are made. Their columns are as wide as the widest task that was seen, so that they do not jump to and fro.
 */
export class ListBody {
  readonly #model: ListModel;
  /** How wide the screen is: why a source failed is told whole, in as many rows as that takes. */
  columns: number = Infinity;
  #widest = { columns: 0, title: 0, number: 0, status: 0, activity: 0 };

  constructor(model: ListModel) {
    this.#model = model;
  }

  get length(): number {
    return this.#model.sections.reduce((length, section) => length + this.#rowCount(section), 0);
  }

  /** The row of the selected task; `undefined` when there is none. */
  get focus(): number | undefined {
    const { selected, sections } = this.#model;
    if (selected === undefined) return undefined;
    let row = 0;
    for (const section of sections) {
      const index = section.tasks.indexOf(selected);
      if (index !== -1) return row + 1 + index;
      row += this.#rowCount(section);
    }
    return undefined;
  }

  /** How many tasks there are above a row. */
  tasksAbove(row: number): number {
    let [start, above] = [0, 0];
    for (const section of this.#model.sections) {
      above += Math.max(0, Math.min(row - start - 1, section.tasks.length));
      start += this.#rowCount(section);
    }
    return above;
  }

  /** The section of a row whose heading is above it; `undefined` for the heading itself. */
  sectionOf(row: number): Section | undefined {
    let start = 0;
    for (const section of this.#model.sections) {
      if (row > start && row < start + this.#rowCount(section)) return section;
      start += this.#rowCount(section);
    }
    return undefined;
  }

  /** The tasks in so many rows from one on. */
  tasks(first: number, count: number): readonly FoundTask[] {
    return this.#rows(first, count).flatMap((row) => (row.type === 'task' ? [row.found] : []));
  }

  draw(first: number, count: number, options: ListBodyOptions): readonly string[] {
    const rows = this.#rows(first, count);
    const widths = this.#widths(this.tasks(first, count), options);
    return rows.map((row) => {
      if (row.type === 'task') {
        const task = this.#asKnown(row.found);
        const number = this.#numberOf(row.found);
        return taskRow(task, number, this.#model.isSelected(row.found.task), widths, options);
      }
      if (row.type === 'warning') return `    ${options.style.yellow(row.text)}`;
      return sectionRows[row.type](row.section, options);
    });
  }

  #rows(first: number, count: number): readonly Row[] {
    const rows: Row[] = [];
    let start = 0;
    for (const section of this.#model.sections) {
      const length = this.#rowCount(section);
      const [from, to] = [Math.max(0, first - start), Math.min(length, first + count - start)];
      for (let index = from; index < to; index++) rows.push(this.#rowOf(section, index));
      start += length;
    }
    return rows;
  }

  #rowCount(section: Section): number {
    const { tasks, folded } = section;
    return 1 + tasks.length + (folded === 0 ? 0 : 1) + warningRows(section, this.columns).length;
  }

  #rowOf(section: Section, index: number): Row {
    const found = section.tasks[index - 1];
    if (found !== undefined) return { type: 'task', found };
    if (index === 0) return { type: 'title', section };
    const behind = index - section.tasks.length - 1;
    if (section.folded > 0 && behind === 0) return { type: 'folded', section };
    const text = warningRows(section, this.columns)[behind - (section.folded > 0 ? 1 : 0)]!;
    return { type: 'warning', text };
  }

  #asKnown(found: FoundTask): Task {
    return this.#model.isStale(found) ? asUnknown(found.task) : found.task;
  }

  #numberOf(found: FoundTask): string {
    return numberWords(found.task, this.#model.hasAmbiguousNumber(found));
  }

  #widths(tasks: readonly FoundTask[], { now, columns, activity }: ListBodyOptions): Widths {
    const none = { title: 0, number: 0, status: 0, activity: 0 };
    let { title, number, status, activity: does } = this.#widest.columns === columns ? this.#widest : none;
    for (const found of tasks) {
      const task = this.#asKnown(found);
      title = Math.max(title, Math.min(mostTitle, textWidth(titleWords(task))));
      does = Math.max(does, Math.min(mostActivity, 2 + textWidth(activity(task))));
      number = Math.max(number, textWidth(this.#numberOf(found)));
      status = Math.max(status, textWidth(statusWords(task, now)));
    }
    status = Math.min(status, Math.max(leastStatus, Math.floor(columns / 3)));
    const least = Math.min(leastTitle, Math.ceil(columns * narrowTitle));
    status = Math.max(0, Math.min(status, columns - 4 - least - 2 - 2 - number));
    const wanted = 4 + title + 2 + status + does + 2 + number;
    const width = Math.min(columns, Math.max(comfortable, wanted));
    const rest = width - 4 - 2 - status - 2 - number;
    const room = rest - Math.max(leastTitle, Math.ceil(rest / 2));
    this.#widest = { columns, title, number, status, activity: does };
    return {
      columns: width,
      number,
      status,
      activity: does <= 2 || room <= leastActivity ? 0 : Math.min(room, does),
    };
  }
}

const sectionRows = { title: titleRow, folded: foldedRow };

function titleRow(section: Section, { style }: ListBodyOptions): string {
  return `  ${style.bold(sectionWords(section))}`;
}

/** `Local sessions (3)`; `Local sessions (100+)` where there are more than are known, `(?)` where none are. */
export function sectionWords(section: Section): string {
  const { title, tasks, total } = section;
  return `${sanitizeLabel(title)} (${isUnknown(section) ? '?' : (total ?? `${tasks.length}+`)})`;
}

/** Whether nothing is known of the tasks of a source. */
export function isUnknown({ tasks, error }: Section): boolean {
  return error !== undefined && tasks.length === 0;
}

/** `12 ended · e shows them` */
function foldedRow({ tasks, folded, total }: Section, { style }: ListBodyOptions): string {
  const count = total === undefined ? `${folded}+` : Math.max(folded, total - tasks.length);
  return `    ${style.dim(`${count} ended · ${endedKey} shows them`)}`;
}

/** Why a source could not be asked, whole, in rows of this width. */
function warningRows({ title, error }: Section, columns: number): readonly string[] {
  if (error === undefined) return [];
  const message = errorMessage(error);
  const named = message.startsWith(`${title}: `) ? message : `${title} could not be asked: ${message}`;
  // A server that is away comes back by itself; a login does not.
  const mend = isPrefishError(error) && error.code === 'PREFISH_LOGIN_REQUIRED' ? error.hint : undefined;
  const said = mend === undefined ? named : `${named} · ${mend}`;
  return wrapWords(`! ${sanitizeLabel(said)}`, Math.max(leastTitle, columns - 4));
}

function taskRow(
  task: Task,
  number: string,
  selected: boolean,
  widths: Widths,
  options: ListBodyOptions,
): string {
  const { now, style, isUnread, activity } = options;
  const gap = ' '.repeat(widths.number - textWidth(number));
  const rest = Math.max(0, widths.columns - 4 - 2 - widths.status - 2 - widths.number - widths.activity);
  const title = titleCell(task, rest, selected, options);
  const status = colorOfState(
    task.state,
    style,
  )(fitted(statusWords(task, now, widths.status), widths.status));
  const does = widths.activity === 0 ? '' : `  ${fitted(activity(task), widths.activity - 2)}`;
  const row = `${title}  ${status}${style.dim(does)}  ${gap}${style.dim(number)}`;
  const mark = isUnread(task) ? style.yellow(unreadMark) : ' ';
  return `${mark} ${selected ? style.cyan('>') : ' '} ${row}`;
}

/** The title, cut where it must be, which of its siblings a task is, and the folder of one of elsewhere. */
function titleCell(task: Task, columns: number, selected: boolean, { cwd, style }: ListBodyOptions): string {
  const words = folderWords(task, cwd);
  const folder = words === '' ? '' : ` · ${truncate(words, mostFolder)}`;
  const sibling = siblingWords(task);
  const rest = columns - textWidth(sibling);
  const isRoom = rest - textWidth(folder) >= leastTitle / 2;
  const title = truncate(sanitizeLabel(task.title), isRoom ? rest - textWidth(folder) : rest) + sibling;
  const cell = `${selected ? style.bold(title) : title}${isRoom ? style.dim(folder) : ''}`;
  return padEnd(cell, columns);
}

function fitted(text: string, columns: number): string {
  return padEnd(truncate(text, columns), columns);
}

/** `working 1:12`, `failed (exit 1) 0:03 unsandboxed`; the state alone in few columns. What a task waits for stands where others show what they do. */
function statusWords(task: Task, now: number, columns = Infinity): string {
  const state = task.state === 'submitted' ? task.state : stateWords(task);
  const words = [state, elapsed(task, now), containment(task)].filter((word) => word !== '').join(' ');
  // Rather the whole state than a part of the time.
  return textWidth(words) <= columns || columns >= leastStatus ? words : state;
}
