import type { FoundTask, RunContext, TaskAction } from '@prefish/core';
import { PrefishError } from '@prefish/core';
import { openQuestion } from '../open-question.ts';

/** The key by which a task is told something: the answer that it waits for, or a message. */
export const replyKey = 'm';

/** The action behind {@link replyKey}, for a task as it is: of a source that takes answers or messages. */
export function replyAction({ task, source }: FoundTask): TaskAction | undefined {
  const name = task.state === 'input-required' ? 'answer' : 'send';
  const action = source.actions.find((offered) => offered.name === name);
  return action !== undefined && (action.applies?.(task) ?? true) ? action : undefined;
}

/**
 * The words that an action takes besides the task, asked for: what to say, or the answer to the oldest
 * question of the task. Rejects when they are not given.
 *
 * @throws PREFISH_TASK_STATE when the task asks nothing any more
 */
export async function wordsFor(
  action: TaskAction,
  found: FoundTask,
  context: RunContext,
): Promise<readonly string[]> {
  const { ask } = context;
  if (action.name === 'send') return [await ask.text('Message:')];
  if (action.name !== 'answer') return [];
  const question = await openQuestion(found, context.signal);
  if (question === undefined) throw new PrefishError('PREFISH_TASK_STATE', 'It asks nothing any more');
  const { id, text, choices } = question;
  return [id, await (choices.length === 0 ? ask.text(text) : ask.select(text, choices))];
}
