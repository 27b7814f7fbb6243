import { createTaskId, isFinal, type Task } from '@prefish/protocol';
import { navigate, taskPath } from '../route.ts';
import { server } from '../server/server.ts';
import { taskList } from '../tasks/task-list.ts';
import { attempt } from './attempt.ts';

/** Ends a task, if it has not ended. */
export async function cancelTask({ id, number, state }: Task): Promise<void> {
  if (isFinal(state)) return;
  await attempt(() => server.cancel(id), `Task ${number} is being ended.`);
}

/** Submits the line of a task that has ended again, and goes to the new one. */
export async function retryTask({ id, state }: Task): Promise<void> {
  if (!isFinal(state)) return;
  await attempt(async () => {
    const again = await server.retry(id, createTaskId(crypto.getRandomValues(new Uint8Array(15))));
    taskList.learn(again);
    navigate(taskPath(again.id));
  });
}

/** Forgets a task that has ended. */
export async function removeTask({ id, number, state }: Task): Promise<void> {
  if (!isFinal(state)) return;
  if (await attempt(() => server.remove(id), `Task ${number} was removed.`)) navigate('/');
}

/** Puts a text where it can be pasted from. */
export async function copy(text: string): Promise<void> {
  await attempt(() => navigator.clipboard.writeText(text), `Copied: ${text}`);
}
