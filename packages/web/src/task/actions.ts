import { isFinal, type Task } from '@prefish/protocol';
import { asked } from '../layout/ask.tsx';
import { navigate } from '../route.ts';
import { server } from '../server/server.ts';
import { taskList } from '../tasks/task-list.ts';
import { visibleLabel } from '../text/visible.ts';
import { attempt } from './attempt.ts';
import { takeUp } from './take-up.ts';

/** Ends a task, if it has not ended. */
export async function cancelTask({ id, number, state }: Task): Promise<void> {
  if (isFinal(state)) return;
  await attempt(() => server.cancel(id), `Task ${number} is being ended.`);
}

/** Asks whether to end a task: a key is pressed by mistake sooner than a button. */
export function askToCancel(task: Task): void {
  if (isFinal(task.state)) return;
  asked.value = { question: `Cancel ${nameOf(task)}?`, yes: 'Yes, cancel', onYes: () => cancelTask(task) };
}

/** Which task runs the line of which one again, by their ids; none yet while that is being submitted. */
const retries = new Map<string, string | undefined>();

/** Submits the line of a task that has ended again, once until that has begun, and goes to the new one. */
export async function retryTask(task: Task): Promise<void> {
  const { id, number, state } = task;
  if (!isFinal(state)) return;
  if (retries.has(id) && !hasBegun(retries.get(id))) return;
  retries.set(id, undefined);
  const again = await takeUp(task, (newId) => server.retry(id, newId), {
    hint: 'A terminal where the key is can run it again:',
    command: `prefish tasks retry ${number}`,
  });
  if (again === undefined) retries.delete(id);
  else retries.set(id, again.id);
}

function hasBegun(id: string | undefined): boolean {
  if (id === undefined) return false;
  const task = taskList.get(id);
  return task === undefined || task.startedAt !== undefined || isFinal(task.state);
}

/** Forgets a task that has ended. */
export async function removeTask({ id, number, state }: Task): Promise<void> {
  if (!isFinal(state)) return;
  if (await attempt(() => server.remove(id), `Task ${number} was removed.`)) navigate('/');
}

/** Asks whether to forget a task. */
export function askToRemove(task: Task): void {
  if (!isFinal(task.state)) return;
  asked.value = {
    question: `Remove ${nameOf(task)}, with what it said and changed?`,
    yes: 'Yes, remove',
    onYes: () => removeTask(task),
  };
}

function nameOf({ number, title }: Task): string {
  return `task ${number}, ${visibleLabel(title, 80)}`;
}
