import { setTimeout as delay } from 'node:timers/promises';
import { isPrefishError } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { openQuestions } from '../source/open-questions.ts';
import { referenceTo } from '../source/reference.ts';
import { describeEnd, describeQuestion } from './task-words.ts';

/** Behind every event: only the task's end is waited for, not what it prints. */
const pastAllEvents = 999_999_999_999_999;
/** How long after a loss a server is looked for again, in milliseconds. One of this machine is not started for this. */
const pauseMs = 5000;

/**
 * Says outside of any line what a task asks, and how it has ended, once it has. Ends without a word when the shell
 * closes, and when the task is no longer known.
 */
export async function tellEnd(services: Services, id: string): Promise<void> {
  const { signal } = services;
  for (;;) {
    try {
      const client = await services.connect(services.server.elsewhere, signal);
      let asked: string | undefined;
      for await (const item of client.follow(id, pastAllEvents, signal)) {
        if (item.kind !== 'snapshot' || item.task.state !== 'input-required') continue;
        const [question] = await openQuestions(client, id, signal);
        if (question !== undefined && question.id !== asked)
          services.notify(
            `${describeQuestion(item.task, question)} · /tasks answer ${referenceTo(services, item.task)} …`,
          );
        asked = question?.id;
      }
      const task = await client.get(id, signal);
      if (!services.endsTold.delete(id)) services.notify(describeEnd(task));
      return;
    } catch (error) {
      if (signal.aborted || (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND')) return;
      await delay(pauseMs, undefined, { signal });
    }
  }
}
