import { errorMessage, PrefishError, type FoundTask, type RunContext } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import { titleWords } from '../format/task-status.ts';
import { whileAway } from '../live/while-away.ts';

/** What changes nothing, and may be done to a task that was perhaps not meant. */
const harmless: readonly string[] = ['attach', 'diff', 'get', 'logs', 'open', 'show', 'wait'];

/**
 * The task that `reference` names for the sub-command `name`: `@last` is the newest of those that know it. Where a
 * source could not be asked, a number may be that of a task there, too: what only looks says which was taken.
 *
 * @throws PREFISH_TASK_AMBIGUOUS for what does more; what the directory throws
 */
export async function findTask(reference: string, name: string, context: RunContext): Promise<FoundTask> {
  const { shell, signal, out } = context;
  const found = await shell.tasks.find(reference, signal, ({ actions }) =>
    actions.some((action) => action.name === name),
  );
  if (found.unasked === undefined) return found;
  const { task, unasked } = found;
  const away = unasked.map(({ title }) => sanitizeLabel(title)).join(', ');
  const meant = `“${titleWords(task)}” · ${sanitizeLabel(task.place)}`;
  if (!harmless.includes(name)) {
    throw new PrefishError(
      'PREFISH_TASK_AMBIGUOUS',
      `${away} could not be asked, and may have a task ${reference}`,
      {
        hint: `If you mean ${meant}: prefish tasks ${name} ${sanitizeLabel(task.id)}`,
      },
    );
  }
  out.warn('PREFISH_TASK_AMBIGUOUS', `${reference} is taken for ${meant}: ${away} could not be asked`);
  return found;
}

/**
 * As {@link findTask}, for what waits anyway: a server that is away is waited for too, which is said once.
 *
 * @param patienceMs for how long, in milliseconds
 */
export async function findTaskOnceBack(
  reference: string,
  name: string,
  context: RunContext,
  patienceMs?: number,
): Promise<FoundTask> {
  let isTold = false;
  return whileAway(() => findTask(reference, name, context), {
    signal: context.signal,
    patienceMs,
    tell(error) {
      if (!isTold) context.out.warn(error.code, `${errorMessage(error)}; trying again`);
      isTold = true;
    },
  });
}
