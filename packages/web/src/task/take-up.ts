import { createTaskId, isPrefishError, type Task } from '@prefish/protocol';
import { navigate, taskPath } from '../route.ts';
import { taskList } from '../tasks/task-list.ts';
import { attempt, notice, type Said } from './attempt.ts';

/**
 * Has a new task take up one that has ended, and goes to it. Where its model's key is missing, says which command
 * does so instead. Resolves with the new task; with `undefined` where there is none, which has been said.
 */
export async function takeUp(
  { number }: Task,
  submit: (newId: string) => Promise<Task>,
  instead: Required<Pick<Said, 'hint' | 'command'>>,
): Promise<Task | undefined> {
  let next: Task | undefined;
  await attempt(async () => {
    const id = createTaskId(crypto.getRandomValues(new Uint8Array(15)));
    next = await submit(id).catch((error: unknown) => {
      if (!isPrefishError(error) || error.code !== 'PREFISH_CREDENTIAL_MISSING') throw error;
      // Leave to use a model comes from the machine that has it, and went with the end of the task.
      const text = `Task ${number} used a model, whose key was given for that one run and is not kept.`;
      notice.value = { kind: 'failed', text, ...instead };
      return undefined;
    });
  });
  if (next === undefined) return undefined;
  taskList.learn(next);
  navigate(taskPath(next.id));
  return next;
}
