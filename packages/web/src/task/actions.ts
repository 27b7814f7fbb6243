import { createTaskId, isFinal, isPrefishError, type Task } from '@prefish/protocol';
import { asked } from '../layout/ask.tsx';
import { navigate, taskPath } from '../route.ts';
import { server } from '../server/server.ts';
import { taskList } from '../tasks/task-list.ts';
import { visibleLabel } from '../text/visible.ts';
import { attempt, notice } from './attempt.ts';

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
export async function retryTask({ id, number, state }: Task): Promise<void> {
  if (!isFinal(state)) return;
  if (retries.has(id) && !hasBegun(retries.get(id))) return;
  const newId = createTaskId(crypto.getRandomValues(new Uint8Array(15)));
  retries.set(id, undefined);
  let again: Task | undefined;
  await attempt(async () => {
    again = await server.retry(id, newId).catch((error: unknown) => {
      if (!isPrefishError(error) || error.code !== 'PREFISH_CREDENTIAL_MISSING') throw error;
      sayWhereToRetry(number);
      return undefined;
    });
  });
  retries.delete(id);
  if (again === undefined) return;
  retries.set(id, newId);
  taskList.learn(again);
  navigate(taskPath(again.id));
}

function hasBegun(id: string | undefined): boolean {
  if (id === undefined) return false;
  const task = taskList.get(id);
  return task === undefined || task.startedAt !== undefined || isFinal(task.state);
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
