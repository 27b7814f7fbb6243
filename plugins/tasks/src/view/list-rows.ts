import type { FoundTask } from '@prefish/core';
import { sanitizeLabel, textWidth, type KeyPress, type Style } from '@prefish/screen';
import { counted } from '../format/counted.ts';
import { actionForKey } from './action-for-key.ts';
import { endedKey, isUnknown, sectionWords, unreadMark } from './list-body.ts';
import type { ListModel, Section } from './list-model.ts';
import { replyAction, replyKey } from './reply-to-task.ts';

/** `Background tasks`, and how many of them are active. */
export function headRows(model: ListModel, style: Style): string[] {
  const title = style.bold('Background tasks');
  if (!model.loaded) return [title, style.dim('…')];
  const unknown = model.sections.filter(isUnknown).map(({ title }) => sanitizeLabel(title));
  const rest = unknown.length === 0 ? '' : ` · ${unknown.join(', ')} not known`;
  const active = style.dim(`${counted(model.active, 'active session')}${rest}`);
  if (model.filter === undefined) return [title, active];
  const isLooking = model.filter !== '' && model.sections.some(({ total }) => total === undefined);
  const looking = isLooking ? style.dim(' …') : '';
  return [title, `${active} · filter: ${sanitizeLabel(model.filter)}${looking}`];
}

const enter: KeyPress = { name: 'return', text: '', ctrl: false, meta: false, shift: false };

/** What is seen of the list. */
export interface Seen {
  /** How many tasks are above. */
  readonly above: number;
  readonly tasks: number;
  /** Of the first row, where its heading is above. */
  readonly section: Section | undefined;
}

/** What is said above and below the tasks that are seen: how many more there are. `''` when there are none. */
export function moreRows(
  { sections }: ListModel,
  { above, tasks: seen, section: first }: Seen,
  style: Style,
): { readonly above: string; readonly below: string } {
  // What is folded away says so where it would stand.
  const isWhole = ({ folded, total: all }: Section): boolean => folded === 0 && all !== undefined;
  const total = sections.reduce(
    (sum, section) => sum + (isWhole(section) ? section.total! : section.tasks.length),
    0,
  );
  const isMore = sections.some((section) => section.folded === 0 && section.total === undefined);
  const below = total - above - seen;
  const within = first === undefined ? '' : ` · ${sectionWords(first)}`;
  return {
    above: above > 0 ? style.dim(`    ↑ ${above} more${within}`) : '',
    below: below > 0 || isMore ? style.dim(`    ↓ ${below}${isMore ? '+' : ''} more`) : '',
  };
}

/** The keys that work here, and those of the actions that apply to the selected task; what marks mean, where there is room. */
export function footRows(model: ListModel, style: Style, columns: number, hasUnread: boolean): string[] {
  const { selected } = model;
  if (model.typing) return keyRows(['Type to filter', 'Enter when done', 'Esc for all'], columns, style);
  const isFiltered = model.filter !== undefined;
  const away = isFiltered ? 'Esc for all' : 'Esc to close';
  if (selected === undefined) {
    return keyRows(model.tasks.length === 0 ? [away] : ['↑/↓ to select', away], columns, style);
  }
  const enterDoes = actionForKey(selected, enter)?.name ?? 'view';
  const ways = ['↑/↓ to select', `Enter to ${enterDoes}`, away];
  const legend = `${unreadMark} new`;
  const isRoom = hasUnread && textWidth([...ways, legend].join(' · ')) <= columns;
  const ended = model.foldable ? [`${endedKey} ${model.showsEnded ? 'less' : 'all that ended'}`] : [];
  return [
    ...keyRows(isRoom ? [...ways, legend] : ways, columns, style),
    ...keyRows([...actionKeys(selected), ...ended, '/ filter'], columns, style),
  ];
}

/** Keys and what they do, in as many rows as they need: none of them is cut. */
export function keyRows(keys: readonly string[], columns: number, style: Style): string[] {
  const rows: string[] = [];
  for (const key of keys) {
    const longer = `${rows.at(-1)} · ${key}`;
    if (rows.length > 0 && textWidth(longer) <= columns) rows[rows.length - 1] = longer;
    else rows.push(key);
  }
  return rows.map(style.dim);
}

/** `x cancel`, `a apply`: the keys of the actions that apply to a task as it is. */
export function actionKeys(found: FoundTask): readonly string[] {
  const { task, source } = found;
  const reply = replyAction(found)?.name;
  const keys = source.actions
    .filter(({ key }) => key !== undefined && key !== 'enter' && key !== replyKey)
    .filter((action) => action.applies?.(task) ?? true)
    .map(({ key, name }) => `${key} ${name}`);
  if (reply !== undefined) keys.push(`${replyKey} ${reply === 'answer' ? 'answer' : 'message'}`);
  return keys;
}
