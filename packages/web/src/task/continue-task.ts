import type { Task } from '@prefish/protocol';
import { server } from '../server/server.ts';
import { conversationOf } from '../transcript/conversation.ts';
import type { Transcript } from '../transcript/transcript.ts';
import { takeUp } from './take-up.ts';
import { plainLine } from './takes-messages.ts';

/** The file by which an agent learns what was said before it. */
const conversationName = 'conversation.md';
/** As much of a message names the task. */
const longestTitle = 200;

/** Has a new task take up an agent's task that has ended, with a message. Resolves with whether it did. */
export async function continueTask(task: Task, text: string, transcript: Transcript): Promise<boolean> {
  const request = {
    line: plainLine(text),
    title: text.slice(0, longestTitle),
    enclosed: { files: { [conversationName]: conversationOf(transcript) } },
  };
  const next = await takeUp(task, (id) => server.continue(task.id, { id, ...request }), {
    hint: 'A terminal where the key is can send your message:',
    command: `prefish tasks send ${task.number} '${text.replaceAll("'", `'\\''`)}'`,
  });
  return next !== undefined;
}
