import type { Completion, RunContext, Task, TaskSource } from '@prefish/core';
import { stateWords, titleWords } from '../format/task-status.ts';

/** More tasks than these are found by typing on. */
const maxTasks = 20;
/** So long, in milliseconds, Tab waits for a source. */
const deadlineMs = 500;

/**
 * The tasks that `word` may become the reference to, newest first: by number, or where the word is the
 * beginning of an id, by that. `fits` leaves out those with which nothing can be done.
 */
export async function completeTask(
  word: string,
  { shell, signal }: Pick<RunContext, 'shell' | 'signal'>,
  fits: (task: Task, source: TaskSource) => boolean = () => true,
): Promise<readonly Completion[]> {
  const soon = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const listings = await shell.tasks.list({ limit: 100 }, soon);
  const found = listings.flatMap(({ source, tasks }) => tasks.map((task) => ({ task, source })));
  const uses = Map.groupBy(found, ({ task }) => task.number);
  const offers = found
    .filter(({ task, source }) => fits(task, source))
    .toSorted((one, other) => other.task.createdAt.localeCompare(one.task.createdAt))
    .map(({ task }): Completion => {
      const isNumbered = task.number > 0 && uses.get(task.number)?.length === 1;
      const byId = !isNumbered || (word !== '' && !String(task.number).startsWith(word));
      const detail = `${titleWords(task)} · ${stateWords(task)}`;
      return { insert: byId ? task.id : String(task.number), detail };
    })
    .filter(({ insert }) => insert.startsWith(word));
  const last = found.length > 0 && word !== '' && '@last'.startsWith(word) ? [{ insert: '@last' }] : [];
  return [...last, ...offers.slice(0, maxTasks)];
}
