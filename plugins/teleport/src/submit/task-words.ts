import { lossWords, reasonWords, type Task } from '@prefish/protocol';
import { formatDuration } from '@prefish/screen';
import { printable } from '../snapshot/describe-snapshot.ts';
import type { Question } from '../source/open-questions.ts';

/** How many characters of a title are shown where a task has ended. */
const titleLength = 50;

/** `task 3 submitted (tabc…) · prefish tasks to watch`, `tasks 5–7 submitted · …`; of one that cannot begin yet, why. */
export function describeSubmission(tasks: readonly Task[]): string {
  const [first] = tasks;
  const why = first?.reason === undefined ? '' : ` · ${first.reason}`;
  const named =
    tasks.length === 1
      ? `task ${first!.number} submitted (${first!.id})`
      : `tasks ${numbersOf(tasks)} submitted`;
  return printable(`${named}${why} · prefish tasks to watch`);
}

/** `5–7`; `5, 8` where another came between. */
function numbersOf(tasks: readonly Task[]): string {
  const numbers = tasks.map(({ number }) => number).sort((one, other) => one - other);
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  return last - first === numbers.length - 1 ? `${first}–${last}` : numbers.join(', ');
}

/** `task 3 asks: May I delete it? (Yes / No)` */
export function describeQuestion({ number }: Task, { text, choices }: Question): string {
  const offered = choices.length === 0 ? '' : ` (${choices.join(' / ')})`;
  return printable(`task ${number} asks: ${text}${offered}`);
}

/** `prefish tasks answer 3 yes`: how the first of the choices is given; of one that is no word, its number. */
export function answerCommand(reference: string, { choices }: Question, id?: string): string {
  const [first] = choices;
  const answer = first === undefined ? '…' : /^[a-z]{1,20}$/i.test(first) ? first.toLowerCase() : '1';
  return printable(['prefish tasks answer', reference, ...(id === undefined ? [] : [id]), answer].join(' '));
}

/** `task 3 completed · 0:12 · +2 −1 in 1 file · !npm test`, `task 3 failed (exit 1) · 0:12 · !npm test` */
export function describeEnd(task: Task): string {
  const why =
    (task.reason === undefined ? undefined : reasonWords(task.reason)) ??
    (task.state === 'failed' ? exitWords(task.exit) : undefined);
  const shown = why === undefined || why === task.state ? task.state : `${task.state} (${why})`;
  const parts = [`task ${task.number} ${shown}`, ...duration(task)];
  if (task.result !== undefined) {
    const { files, insertions, deletions } = task.result;
    parts.push(`+${insertions} −${deletions} in ${files} ${files === 1 ? 'file' : 'files'}`);
  }
  const lost = lossWords(task) === undefined ? [] : [`prefish tasks retry ${task.id} runs it again`];
  return printable([...parts, shortTitle(task), ...lost].join(' · '));
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
