import type { Outcome, RunContext } from '@prefish/core';
import { createTaskId, isPrefishError, type ModelAccess, type Task } from '@prefish/protocol';
import { whenItGoes } from '../outbox/trouble.ts';
import type { Services } from '../services.ts';
import { consentToModels } from '../submit/consent.ts';
import { planLine } from '../submit/plan-line.ts';
import { prepareLuggage } from '../submit/prepare-luggage.ts';
import { printable } from '../snapshot/describe-snapshot.ts';

/** Runs a task again. What was kept with it goes along again; leave to use models was not, and is asked for anew. */
export async function retryTask(services: Services, task: Task, context: RunContext): Promise<Outcome> {
  const { signal } = context;
  const waiting = await services.outbox.read(task.id);
  if (waiting !== undefined) {
    const { problem: _, request, ...entry } = waiting;
    const models = await modelsFor(services, task, context);
    await services.outbox.write({ ...entry, request: { ...request, ...(models ? { models } : {}) } });
    return { type: 'ok', message: `${task.id} goes out ${whenItGoes(services)}` };
  }
  const client = await services.connect(true, signal);
  const id = createTaskId();
  const again = await client.retry(task.id, id, undefined, signal).catch(async (error: unknown) => {
    if (!isPrefishError(error) || error.code !== 'PREFISH_CREDENTIAL_MISSING') throw error;
    const models = await modelsFor(services, task, context);
    if (models === undefined) throw error;
    return client.retry(task.id, id, models, signal);
  });
  const message = printable(`task ${again.number} runs task ${task.number} again (${again.id})`);
  return { type: 'ok', message, data: again };
}

/** What the owner of the task's line gives it leave to use, and may go to its server. */
async function modelsFor(
  { server }: Pick<Services, 'server'>,
  { line }: Task,
  context: RunContext,
): Promise<readonly ModelAccess[] | undefined> {
  const luggage = await prepareLuggage(planLine(line, context.shell), context);
  return (await consentToModels(luggage, server, context)) ? luggage.models : undefined;
}
