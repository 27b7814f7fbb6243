import type { FoundTask, Task } from '@prefish/core';
import type { KeptFile } from '@prefish/protocol';
import { createStyle, sanitizeLabel } from '@prefish/screen';
import { counted } from './counted.ts';
import { keptWords } from './kept-files.ts';
import type { Formatting } from './table.ts';
import {
  colorOfState,
  containment,
  elapsed,
  lossAdvice,
  referenceTo,
  stateWords,
  titleWords,
} from './task-status.ts';

/** What belongs to a task beside itself. */
interface Belongings {
  readonly files: readonly KeptFile[];
  readonly siblings: readonly Task[];
}

/** Everything known about a task, a line each, and what can be done with it. */
export function taskDetails(
  found: FoundTask,
  { files, siblings }: Belongings,
  { color, now }: Formatting,
): string {
  const { task, source } = found;
  const style = createStyle(color);
  const { base, result, exit } = task;
  const actions = source.actions.filter((action) => action.applies?.(task) ?? true);
  const lines: readonly (readonly [name: string, value: string | undefined])[] = [
    ['task', task.number > 0 ? `${task.number} · ${task.id}` : task.id],
    ['title', titleWords(task)],
    ['line', task.line === task.title ? undefined : task.line],
    ['state', colorOfState(task.state, style)(sanitizeLabel(stateWords(task)))],
    ['why', lossAdvice(task) || undefined],
    ['place', placeWords(task)],
    ['created', task.createdAt],
    ['started', task.startedAt],
    ['ended', task.endedAt],
    ['time', elapsed(task, now) || undefined],
    ['attempt', task.attempt > 1 ? String(task.attempt) : undefined],
    ['exit', exit === undefined ? undefined : 'code' in exit ? String(exit.code) : exit.signal],
    [
      'base',
      base &&
        `${base.branch ?? 'no branch'}@${base.commit?.slice(0, 7) ?? 'no commit'}, ${base.dirty} changed, ${base.untracked} untracked`,
    ],
    [
      'result',
      result &&
        `${result.branch}: ${counted(result.files, 'file')}, +${result.insertions} −${result.deletions}`,
    ],
    ['kept', keptWords(found, files) || undefined],
    ['beside', siblings.length === 0 ? undefined : besideWords(task, siblings)],
    ['after', task.after?.join(', ')],
    ['again', task.repeats],
    ['folder', task.root],
    ['url', task.url],
    ['actions', actions.map(({ name }) => name).join(', ') || undefined],
  ];
  return lines
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) => `${style.dim(name.padEnd(8))} ${name === 'state' ? value : sanitizeLabel(value!)}`,
    )
    .join('\n');
}

/** The siblings of a task, and how to see what each of them changed: `4 completed, 6 failed (exit 1) · prefish tasks diff 4 5 6`. */
function besideWords(task: Task, siblings: readonly Task[]): string {
  const each = siblings.map((one) => `${referenceTo(one)} ${stateWords(one)}`).join(', ');
  const changed = [task, ...siblings]
    .filter(({ result }) => result !== undefined)
    .toSorted((one, other) => one.group!.index - other.group!.index);
  return changed.length < 2
    ? each
    : `${each} · prefish tasks diff ${changed.map((one) => referenceTo(one)).join(' ')}`;
}

function placeWords(task: Task): string {
  if (task.source === 'shells') return task.place;
  // Of a line that no server has taken yet, nobody knows in what it will run.
  const contained =
    task.number === 0 && task.attempt === 0 ? '' : ` · sandbox ${containment(task) || task.sandbox}`;
  return `${task.place}${contained} · network ${task.network}`;
}
