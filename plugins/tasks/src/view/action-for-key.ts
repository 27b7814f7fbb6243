import type { FoundTask, TaskAction } from '@prefish/core';
import type { KeyPress } from '@prefish/screen';
import { replyAction, replyKey } from './reply-to-task.ts';

/** The action of a task that a key stands for, where it applies to the task as it is. */
export function actionForKey({ task, source }: FoundTask, key: KeyPress): TaskAction | undefined {
  if (key.name === 'paste') return undefined;
  if (key.text === replyKey) return replyAction({ task, source });
  const wanted = key.name === 'return' ? 'enter' : key.text;
  if (wanted === '') return undefined;
  const action = source.actions.find((offered) => offered.key === wanted);
  return action !== undefined && (action.applies?.(task) ?? true) ? action : undefined;
}
