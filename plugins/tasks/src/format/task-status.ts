import type { Task, TaskSource, TaskState } from '@prefish/core';
import { lossWords, reasonWords } from '@prefish/protocol';
import { counted } from './counted.ts';
import { formatDuration, sanitizeLabel, type Style } from '@prefish/screen';

/** How long a task has run or ran: `0:07`, `12:30`, `1:02:03`; `''` when it has not started. */
export function elapsed(task: Task, now: number): string {
  if (task.startedAt === undefined) return '';
  const end = task.endedAt === undefined ? now : Date.parse(task.endedAt);
  return formatDuration(end - Date.parse(task.startedAt));
}

/** The state in words: `working`, `failed (exit 3)`, `submitted (not-delivered)`. */
export function stateWords(task: Task): string {
  const why = task.reason === undefined ? exitWords(task) : sanitizeLabel(reasonWords(task.reason));
  return why === '' || why === task.state ? task.state : `${task.state} (${why})`;
}

/** What became of a task that was lost, and what to do about it; `''` of any other. */
export function lossAdvice(task: Task): string {
  const lost = lossWords(task);
  if (lost === undefined) return '';
  return `${lost} prefish tasks retry ${referenceTo(task)} runs it again; --retries N does so by itself.`;
}

function exitWords({ state, exit }: Task): string {
  if (state !== 'failed' || exit === undefined) return '';
  return 'code' in exit ? `exit ${exit.code}` : sanitizeLabel(exit.signal);
}

/**
 * Where nothing contains a task, that is said wherever it is shown. What will contain it is known once it has
 * started. Of a background shell nobody expects it: it is a line of `!`.
 */
export function containment(task: Task): string {
  return task.source !== 'shells' && task.sandbox === 'none' && task.startedAt !== undefined
    ? 'unsandboxed'
    : '';
}

/** What a task is called: its title, and which of its siblings it is: `fix login (2/3)`, `fix login (2/3, again)`. */
export function titleWords(task: Task): string {
  return sanitizeLabel(task.title) + siblingWords(task);
}

/** Which of its siblings a task is: ` (2/3)`, ` (2/3, again)` for one that was run again; `''` for one without. */
export function siblingWords({ group, repeats }: Task): string {
  return group === undefined ? '' : ` (${group.index}/${group.of}${repeats === undefined ? '' : ', again'})`;
}

/** What a task has changed: `2 files +10 −3`; `''` when nothing. */
export function resultWords({ result }: Task): string {
  if (result === undefined) return '';
  return `${counted(result.files, 'file')} +${result.insertions} −${result.deletions}`;
}

/**
 * What is short enough to be typed for a task: its number, `#3`, or an id like `s1`; `''` for one that has neither yet.
 * Where the number may be that of another task too, the beginning of its id stands beside it.
 */
export function numberWords({ number, id }: Task, isAmbiguous = false): string {
  if (number > 0) return `#${number}${isAmbiguous ? ` ${sanitizeLabel(id).slice(0, shortId)}` : ''}`;
  return id.length <= shortId ? sanitizeLabel(id) : '';
}

/** So long is an id that is short, and the beginning of one that stands for it: seldom not alone. */
export const shortId = 6;

/**
 * A task as one would refer to it: by its number, or its id.
 *
 * @param among the sources of which several may have a task of that number: their tasks go by their ids
 */
export function referenceTo({ number, id }: Task, among: readonly Pick<TaskSource, 'id'>[] = []): string {
  const numbered = among.filter((source) => source.id !== 'shells');
  return number > 0 && numbered.length < 2 ? String(number) : sanitizeLabel(id);
}

/** A task that goes on where nobody can be asked: `unknown (was working)`, and no time is counted. */
export function asUnknown(task: Task): Task {
  const { startedAt: _, ...rest } = task;
  return { ...rest, state: 'unknown', reason: `was ${task.state}` };
}

/** Whether a task is still something to wait for. */
export function isActive({ state }: Task): boolean {
  return state === 'submitted' || state === 'working' || state === 'input-required';
}

/** The colour of a state. */
export function colorOfState(state: TaskState, style: Style): (text: string) => string {
  switch (state) {
    case 'working':
      return style.cyan;
    case 'input-required':
      return style.yellow;
    case 'completed':
      return style.green;
    case 'failed':
    case 'rejected':
      return style.red;
    case 'submitted':
    case 'canceled':
    case 'unknown':
      return style.dim;
  }
}
