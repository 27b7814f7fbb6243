import type { Task } from '@prefish/protocol';
import { formatDuration } from '@prefish/screen';
import { printable } from '../snapshot/describe-snapshot.ts';
import type { Question } from '../source/open-questions.ts';

/** How many characters of a title are shown where a task has ended. */
const titleLength = 50;

/** `task 3 submitted (tabc…) · /tasks to watch`; of one that cannot begin yet, why. */
export function describeSubmission({ id, number, reason }: Task): string {
  const why = reason === undefined ? '' : ` · ${reason}`;
  return printable(`task ${number} submitted (${id})${why} · /tasks to watch`);
}

/** `task 3 asks: May I delete it? (Yes / No)` */
export function describeQuestion({ number }: Task, { text, choices }: Question): string {
  const offered = choices.length === 0 ? '' : ` (${choices.join(' / ')})`;
  return printable(`task ${number} asks: ${text}${offered}`);
}

/** `prefish tasks answer 3 yes`: how the first of the choices is given; of one that is no word, its number. */
export function answerCommand({ number }: Task, { choices }: Question, id?: string): string {
  const [first] = choices;
  const answer = first === undefined ? '…' : /^[a-z]{1,20}$/i.test(first) ? first.toLowerCase() : '1';
  return printable(['prefish tasks answer', number, ...(id === undefined ? [] : [id]), answer].join(' '));
}

/** `task 3 completed · 0:12 · +2 −1 in 1 file · !npm test`, `task 3 failed (exit 1) · 0:12 · !npm test` */
export function describeEnd(task: Task): string {
  const why = task.reason ?? (task.state === 'failed' ? exitWords(task.exit) : undefined);
  const shown = why === undefined || why === task.state ? task.state : `${task.state} (${why})`;
  const parts = [`task ${task.number} ${shown}`, ...duration(task)];
  if (task.result !== undefined) {
    const { files, insertions, deletions } = task.result;
    parts.push(`+${insertions} −${deletions} in ${files} ${files === 1 ? 'file' : 'files'}`);
  }
  return printable([...parts, shortTitle(task)].join(' · '));
}

function exitWords(exit: Task['exit']): string | undefined {
  if (exit === undefined) return undefined;
  return 'code' in exit ? `exit ${exit.code}` : exit.signal;
}

function duration({ startedAt, endedAt }: Task): string[] {
  if (startedAt === undefined || endedAt === undefined) return [];
  return [formatDuration(Date.parse(endedAt) - Date.parse(startedAt))];
}

function shortTitle({ title }: Task): string {
  const characters = [...title.split('\n', 1)[0]!.trim()];
  return characters.length <= titleLength
    ? characters.join('')
    : `${characters.slice(0, titleLength - 1).join('')}…`;
}
