import { createTaskId, isFinal, isPrefishError, type Task } from '@prefish/protocol';
import { navigate, taskPath } from '../route.ts';
import { server } from '../server/server.ts';
import { taskList } from '../tasks/task-list.ts';
import { attempt, notice } from './attempt.ts';

/** Ends a task, if it has not ended. */
export async function cancelTask({ id, number, state }: Task): Promise<void> {
  if (isFinal(state)) return;
  await attempt(() => server.cancel(id), `Task ${number} is being ended.`);
}

/** Submits the line of a task that has ended again, and goes to the new one. */
export async function retryTask({ id, number, state }: Task): Promise<void> {
  if (!isFinal(state)) return;
  await attempt(async () => {
    const newId = createTaskId(crypto.getRandomValues(new Uint8Array(15)));
    const again = await server.retry(id, newId).catch((error: unknown) => {
      if (!isPrefishError(error) || error.code !== 'PREFISH_CREDENTIAL_MISSING') throw error;
      sayWhereToRetry(number);
    });
    if (again === undefined) return;
    taskList.learn(again);
    navigate(taskPath(again.id));
  });
}

/** Leave to use a model comes from the machine that has it, and went with the end of the task. */
function sayWhereToRetry(number: number): void {
  notice.value = {
    kind: 'failed',
    text: `Task ${number} used a model, whose key was given for that one run and is not kept.`,
    hint: 'A terminal where the key is can run it again:',
    command: `prefish tasks retry ${number}`,
  };
}

/** Forgets a task that has ended. */
export async function removeTask({ id, number, state }: Task): Promise<void> {
  if (!isFinal(state)) return;
  if (await attempt(() => server.remove(id), `Task ${number} was removed.`)) navigate('/');
}
