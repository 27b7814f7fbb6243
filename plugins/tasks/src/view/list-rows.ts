import type { FoundTask } from '@prefish/core';
import { sanitizeLabel, type KeyPress, type Style } from '@prefish/screen';
import { counted } from '../format/counted.ts';
import { actionForKey } from './action-for-key.ts';
import type { ListModel } from './list-model.ts';
import { replyAction, replyKey } from './reply-to-task.ts';

/** `Background tasks`, and how many of them are active. */
export function headRows(model: ListModel, style: Style): string[] {
  const title = style.bold('Background tasks');
  if (!model.loaded) return [title, style.dim('…')];
  const active = style.dim(counted(model.active, 'active session'));
  if (model.filter === undefined) return [title, active];
  const isLooking = model.filter !== '' && model.sections.some(({ total }) => total === undefined);
  const looking = isLooking ? style.dim(' …') : '';
  return [title, `${active} · filter: ${sanitizeLabel(model.filter)}${looking}`];
}

const enter: KeyPress = { name: 'return', text: '', ctrl: false, meta: false, shift: false };

/** The keys that work here, and those of the actions that apply to the selected task. */
export function footRows(model: ListModel, style: Style): string[] {
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
