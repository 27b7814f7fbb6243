import type { Outcome, RunContext } from '@prefish/core';
import { createTaskId, type Task } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { enclosedIn } from '../submit/build-request.ts';
import { consentToModels } from '../submit/consent.ts';
import { explainOnlyLooks } from '../submit/explain-only-looks.ts';
import { lineForServer, planLine, titleOf } from '../submit/plan-line.ts';
import { prepareLuggage } from '../submit/prepare-luggage.ts';
import { tellEnd } from '../submit/tell-end.ts';

/**
 * Says something to a task that has ended: a new task takes it up where it left off, with its tree and what was
 * said, on the same snapshot.
 */
export async function continueTask(
  services: Services,
  task: Task,
  text: string,
  context: RunContext,
): Promise<Outcome> {
  const { shell, signal } = context;
  const { prefix } = shell.explain(task.line);
  const line = planLine(shell.explain(text).prefix?.id === prefix?.id ? text : `\\${text}`, shell);
  const found = await shell.tasks.find(task.id, signal);
  const luggage = await prepareLuggage(line, context, found).catch((error: unknown) =>
    explainOnlyLooks(services, error, signal),
  );
  if (!(await consentToModels(luggage, services.server, context))) {
    return { type: 'denied', reason: 'Nothing was sent' };
  }
  const client = await services.connect(true, signal);
  const title = titleOf(line);
  const request = {
    id: createTaskId(),
    line: lineForServer(line, await client.info(signal)),
    ...(title === undefined ? {} : { title }),
    ...enclosedIn(luggage),
  };
  const next = await client.continue(task.id, request, signal);
  if (context.terminal !== undefined) services.attend(tellEnd(services, next.id));
  const message = `task ${next.number} takes up task ${task.number} (${next.id})`;
  return { type: 'ok', message: printable(message), data: next };
}
