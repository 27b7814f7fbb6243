import { PrefishError, type FoundTask, type TaskAction } from '@prefish/core';
import { titleWords } from '../format/task-status.ts';
import { openQuestion } from '../open-question.ts';
import { askChoice, askLeave, askText, type FootQuestion } from './foot-question.ts';

/** The key by which a task is told something: the answer that it waits for, or a message. */
export const replyKey = 'm';

/** The action behind {@link replyKey}, for a task as it is: of a source that takes answers or messages. */
export function replyAction({ task, source }: FoundTask): TaskAction | undefined {
  const name = task.state === 'input-required' ? 'answer' : 'send';
  const action = source.actions.find((offered) => offered.name === name);
  return action !== undefined && (action.applies?.(task) ?? true) ? action : undefined;
}

/** What is asked before an action, and the words that the answer makes for it. */
export interface Beforehand {
  readonly question: FootQuestion;
  words(answer: string): readonly string[];
  /** Whether what was asked still is, once the person has answered; always, without it. */
  stands?(): Promise<boolean>;
}

/** Leave to do what cannot be taken back; `undefined` for an action that needs none. */
export function leaveFor(action: TaskAction, { task }: FoundTask): Beforehand | undefined {
  const question = action.confirm?.(task);
  return question === undefined ? undefined : { question: askLeave(question), words: () => [] };
}

/**
 * What to say to a task: a message, or the answer to its oldest question.
 *
 * @throws PREFISH_TASK_STATE when the task asks nothing any more
 */
export async function wordsFor(
  { name }: TaskAction,
  found: FoundTask,
  signal: AbortSignal,
): Promise<Beforehand> {
  if (name === 'send') {
    return { question: askText(`Message to “${titleWords(found.task)}”:`), words: (answer) => [answer] };
  }
  const asked = await openQuestion(found, signal);
  if (asked === undefined) throw new PrefishError('PREFISH_TASK_STATE', 'It asks nothing any more');
  const { id, seq, text, choices } = asked;
  return {
    // Another attempt may ask another thing under the same id.
    stands: async () => (await openQuestion(found, signal))?.seq === seq,
    question: choices.length === 0 ? askText(text) : askChoice(text, choices),
    words: (answer) => [id, answer],
  };
}
