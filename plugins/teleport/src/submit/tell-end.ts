import { setTimeout as delay } from 'node:timers/promises';
import { isPrefishError, type Task } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { openQuestions, type Question } from '../source/open-questions.ts';

/** Behind every event: only the task's end is waited for, not what it prints. */
const pastAllEvents = 999_999_999_999_999;
/** How long after a loss a server is looked for again, in milliseconds. It is not started for this. */
const pauseMs = 5000;

/**
 * Says outside of any line what a task asks, and how it has ended, once it has. Ends without a word when the shell
 * closes, and when the task is no longer known.
 */
export async function tellEnd(services: Services, id: string): Promise<void> {
  const { signal } = services;
  for (;;) {
    try {
      const client = await services.connect(false, signal);
      let asked: string | undefined;
      for await (const item of client.follow(id, pastAllEvents, signal)) {
        if (item.kind !== 'snapshot' || item.task.state !== 'input-required') continue;
        const [question] = await openQuestions(client, id, signal);
        if (question !== undefined && question.id !== asked)
          services.notify(describeQuestion(item.task, question));
        asked = question?.id;
      }
      services.notify(describeEnd(await client.get(id, signal)));
      return;
    } catch (error) {
      if (signal.aborted || (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND')) return;
      await delay(pauseMs, undefined, { signal });
    }
  }
}

/** `task 3 asks: May I delete it? (Yes / No) · /tasks answer 3 …` */
export function describeQuestion({ number }: Task, { text, choices }: Question): string {
  const offered = choices.length === 0 ? '' : ` (${choices.join(' / ')})`;
  return printable(`task ${number} asks: ${text}${offered} · /tasks answer ${number} …`);
}

/** `task 3 completed · 0:12 · +2 −1 in 1 file`, `task 3 failed (exit 1) · 0:12` */
export function describeEnd(task: Task): string {
  const why = task.reason ?? (task.state === 'failed' ? exitWords(task.exit) : undefined);
  const shown = why === undefined || why === task.state ? task.state : `${task.state} (${why})`;
  const parts = [`task ${task.number} ${shown}`, ...duration(task)];
  if (task.result !== undefined) {
    const { files, insertions, deletions } = task.result;
    parts.push(`+${insertions} −${deletions} in ${files} ${files === 1 ? 'file' : 'files'}`);
  }
  return printable(parts.join(' · '));
}

function exitWords(exit: Task['exit']): string | undefined {
  if (exit === undefined) return undefined;
  return 'code' in exit ? `exit ${exit.code}` : exit.signal;
}

function duration({ startedAt, endedAt }: Task): string[] {
  if (startedAt === undefined || endedAt === undefined) return [];
  const total = Math.max(0, Math.floor((Date.parse(endedAt) - Date.parse(startedAt)) / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(total / 60);
  const time = total < 3600 ? `${minutes}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  return [`${time}:${two(total % 60)}`];
}
