import { createTaskId, isPrefishError, type Task } from '@prefish/protocol';
import { navigate, taskPath } from '../route.ts';
import { server } from '../server/server.ts';
import { taskList } from '../tasks/task-list.ts';
import { conversationOf } from '../transcript/conversation.ts';
import type { Transcript } from '../transcript/transcript.ts';
import { attempt, notice } from './attempt.ts';
import { plainLine } from './takes-messages.ts';

/** The file by which an agent learns what was said before it. */
const conversationName = 'conversation.md';
/** As much of a message names the task. */
const longestTitle = 200;

/** Has a new task take up an agent's task that has ended, with a message. Resolves with whether it did. */
export async function continueTask(
  { id, number }: Task,
  text: string,
  transcript: Transcript,
): Promise<boolean> {
  const request = {
    id: createTaskId(crypto.getRandomValues(new Uint8Array(15))),
    line: plainLine(text),
    title: text.slice(0, longestTitle),
    enclosed: { files: { [conversationName]: conversationOf(transcript) } },
  };
  let next: Task | undefined;
  await attempt(async () => {
    next = await server.continue(id, request).catch((error: unknown) => {
      if (!isPrefishError(error) || error.code !== 'PREFISH_CREDENTIAL_MISSING') throw error;
      sayWhereToContinue(number, text);
      return undefined;
    });
  });
  if (next === undefined) return false;
  taskList.learn(next);
  navigate(taskPath(next.id));
  return true;
}

/** Leave to use a model comes from the machine that has it, and went with the end of the task. */
function sayWhereToContinue(number: number, text: string): void {
  notice.value = {
    kind: 'failed',
    text: `Task ${number} used a model, whose key was given for that one run and is not kept.`,
    hint: 'A terminal where the key is can send your message:',
    command: `prefish tasks send ${number} '${text.replaceAll("'", `'\\''`)}'`,
  };
}
