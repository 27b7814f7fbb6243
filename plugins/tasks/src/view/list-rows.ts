import { errorMessage, type FoundTask, type Task } from '@prefish/core';
import { padEnd, sanitizeLabel, textWidth, truncate, type KeyPress, type Style } from '@prefish/screen';
import { counted } from '../format/counted.ts';
import { colorOfState, containment, elapsed, numberWords, stateWords } from '../format/task-status.ts';
import { actionForKey } from './action-for-key.ts';
import { replyAction, replyKey } from './reply-to-task.ts';
import type { ListModel, Section } from './list-model.ts';

/** What the rows of the list are made for. */
export interface ListRowsOptions {
  readonly columns: number;
  readonly now: number;
  readonly style: Style;
  /** Whether a task is marked. */
  isUnread(task: Task): boolean;
  /** What a task does now; `''` when that is not known. */
  activity(task: Task): string;
}

/** A row of the list's body; the one that is selected is kept in view. */
export interface BodyRow {
  readonly text: string;
  /** The task of the row, where it is one's. */
  readonly found?: FoundTask;
  readonly selected: boolean;
}

/** `Background tasks`, and how many of them are active. */
export function headRows(model: ListModel, { style }: ListRowsOptions): string[] {
  const { active, loaded } = model;
  if (!loaded) return [style.bold('Background tasks'), style.dim('…')];
  const filter = model.filter === undefined ? '' : ` · filter: ${sanitizeLabel(model.filter)}`;
  return [style.bold('Background tasks'), style.dim(counted(active, 'active session')) + filter];
}

/** The sections with their tasks; a source that failed is one row that says why. */
export function bodyRows(model: ListModel, options: ListRowsOptions): BodyRow[] {
  const widths = columnWidths(model.tasks, options);
  return model.sections.flatMap((section) => [
    { text: `  ${options.style.bold(sectionTitle(section))}`, selected: false },
    ...section.tasks.map((found) => {
      const selected = model.isSelected(found.task);
      return { text: taskRow(found.task, selected, widths, options), selected, found };
    }),
    ...warningRows(section, options),
  ]);
}

const enter: KeyPress = { name: 'return', text: '', ctrl: false, meta: false, shift: false };

/** The keys that work here, and those of the actions that apply to the selected task. */
export function footRows(model: ListModel, { style }: ListRowsOptions): string[] {
  const { selected } = model;
  if (model.typing) return [style.dim('Type to filter · Enter when done · Esc for all')];
  const isFiltered = model.filter !== undefined;
  const away = isFiltered ? 'Esc for all' : 'Esc to close';
  if (selected === undefined) return [style.dim(away)];
  const keys = [actionKeys(selected), ...(isFiltered ? [] : ['/ filter'])].filter((text) => text !== '');
  const enterDoes = actionForKey(selected, enter)?.name ?? 'view';
  return [style.dim(`↑/↓ to select · Enter to ${enterDoes} · ${away}`), style.dim(keys.join(' · '))];
}

/** `x cancel · a apply`: the keys of the actions that apply to a task as it is. */
export function actionKeys(found: FoundTask): string {
  const { task, source } = found;
  const reply = replyAction(found)?.name;
  const keys = source.actions
    .filter(({ key }) => key !== undefined && key !== 'enter' && key !== replyKey)
    .filter((action) => action.applies?.(task) ?? true)
    .map(({ key, name }) => `${key} ${name}`);
  if (reply !== undefined) keys.push(`${replyKey} ${reply === 'answer' ? 'answer' : 'message'}`);
  return keys.join(' · ');
}

function sectionTitle({ title, tasks, more }: Section): string {
  return `${sanitizeLabel(title)} (${tasks.length}${more ? '+' : ''})`;
}

function warningRows({ error, title }: Section, { style }: ListRowsOptions): BodyRow[] {
  if (error === undefined) return [];
  const message = errorMessage(error);
  const named = message.startsWith(`${title}: `) ? message : `${title} could not be asked: ${message}`;
  const why = sanitizeLabel(named);
  return [{ text: `    ${style.yellow(`! ${why}`)}`, selected: false }];
}

interface Widths {
  readonly number: number;
  readonly status: number;
  /** What is left for a task's activity, with the gap before it; 0 where there is none, or no room. */
  readonly activity: number;
}

/** The columns are as wide as their widest task, so that nothing jumps when the selection moves. */
/** A title is not made narrower than this for what the task does, and that not shown in less than the other. */
const leastTitle = 20;
const leastActivity = 14;

function columnWidths(tasks: readonly FoundTask[], { now, columns, activity }: ListRowsOptions): Widths {
  let number = 0;
  let status = 0;
  for (const { task } of tasks) {
    number = Math.max(number, numberWords(task).length);
    status = Math.max(status, textWidth(statusWords(task, now)));
  }
  const rest = columns - 4 - 2 - status - 2 - number;
  const room = rest - Math.max(leastTitle, Math.ceil(rest / 2));
  const isUsed = room > leastActivity && tasks.some(({ task }) => activity(task) !== '');
  return { number, status, activity: isUsed ? room : 0 };
}

function taskRow(
  task: Task,
  selected: boolean,
  widths: Widths,
  { columns, now, style, isUnread, activity }: ListRowsOptions,
): string {
  const number = style.dim(numberWords(task).padStart(widths.number));
  const rest = columns - 4 - 2 - widths.status - 2 - widths.number - widths.activity;
  const title = padEnd(truncate(sanitizeLabel(task.title), rest), rest);
  const status = colorOfState(task.state, style)(padEnd(statusWords(task, now), widths.status));
  const does = widths.activity === 0 ? '' : `  ${fitted(activity(task), widths.activity - 2)}`;
  const row = `${selected ? style.bold(title) : title}  ${status}${style.dim(does)}  ${number}`;
  const mark = isUnread(task) ? style.yellow('•') : ' ';
  return `  ${selected ? style.cyan('>') : ' '}${mark}${row}`;
}

function fitted(text: string, columns: number): string {
  return padEnd(truncate(text, columns), columns);
}

/** `working 1:12`, `failed (exit 1) 0:03 unsandboxed`. */
function statusWords(task: Task, now: number): string {
  return [stateWords(task), elapsed(task, now), containment(task)].filter((word) => word !== '').join(' ');
}
