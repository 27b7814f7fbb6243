import {
  errorMessage,
  isPrefishError,
  PrefishError,
  type FoundTask,
  type RunContext,
  type TaskSource,
} from '@prefish/core';
import { isFinal, taskStates } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import { titleWords } from '../format/task-status.ts';
import { isAway, whileAway } from '../live/while-away.ts';

/** What changes nothing, and may be done to a task that was perhaps not meant. */
const harmless: readonly string[] = ['attach', 'diff', 'get', 'logs', 'open', 'show', 'wait'];

/** What is done to tasks that have ended, and cannot be taken back: for it `@last` is none that still runs, or waits. */
const forEnded: readonly string[] = ['rm'];

/**
 * The task that `reference` names for the sub-command `name`: `@last` is the newest of those that know it. Where a
 * source could not be asked, a number may be that of a task there, too: what only looks says which was taken.
 *
 * @throws PREFISH_TASK_AMBIGUOUS for what does more; what the directory throws
 */
export async function findTask(reference: string, name: string, context: RunContext): Promise<FoundTask> {
  const { shell, signal, out } = context;
  const knows = ({ actions }: TaskSource): boolean => actions.some((action) => action.name === name);
  if (reference === '@last' && forEnded.includes(name)) return findLastEnded(knows, context);
  const found = await shell.tasks.find(reference, signal, knows).catch(async (error: unknown) => {
    const meant = name === 'undo' ? await onlyOneApplied(reference, error, context) : undefined;
    if (meant !== undefined) return meant;
    throw harmless.includes(name) ? error : nothingDone(error);
  });
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

/** Of several tasks of one number, the one whose apply can be taken back: the others cannot be meant. */
async function onlyOneApplied(
  reference: string,
  error: unknown,
  { shell, signal }: RunContext,
): Promise<FoundTask | undefined> {
  if (!isPrefishError(error) || error.code !== 'PREFISH_TASK_AMBIGUOUS' || !/^\d+$/.test(reference))
    return undefined;
  const found: FoundTask[] = [];
  for (const source of shell.tasks.sources) {
    const undo = source.actions.find(({ name }) => name === 'undo');
    const task = undo && (await source.get(reference, signal));
    if (task !== undefined && undo?.applies?.(task) !== false) found.push({ source, task });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Of what was to be changed, and could not be asked about. */
function nothingDone(error: unknown): unknown {
  if (!isPrefishError(error) || !isAway(error)) return error;
  const hint = `Nothing was done. ${error.hint ?? 'Try again once it answers.'}`;
  return new PrefishError(error.code, error.message, { hint, cause: error });
}

/** The newest task that has ended. @throws PREFISH_TASK_AMBIGUOUS where a source could not be asked */
async function findLastEnded(
  among: (source: TaskSource) => boolean,
  { shell, signal }: Pick<RunContext, 'shell' | 'signal'>,
): Promise<FoundTask> {
  const listings = await shell.tasks.list({ state: taskStates.filter(isFinal), limit: 1 }, signal);
  const asked = listings.filter(({ source }) => among(source));
  const away = asked.find(({ error }) => error !== undefined);
  if (away !== undefined) {
    const message = `${sanitizeLabel(away.source.title)} could not be asked, and may have a newer task that has ended`;
    throw new PrefishError('PREFISH_TASK_AMBIGUOUS', message, {
      hint: 'Say which by its id: prefish tasks ls has it.',
      cause: away.error,
    });
  }
  const ended = asked.flatMap(({ source, tasks }) => tasks.map((task) => ({ task, source })));
  const [last] = ended.toSorted((a, b) => b.task.createdAt.localeCompare(a.task.createdAt));
  if (last === undefined) throw new PrefishError('PREFISH_TASK_NOT_FOUND', 'No task has ended');
  return last;
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
      if (!isTold) context.out.warn(error.code, `${errorMessage(error).replace(/\.$/, '')}; trying again`);
      isTold = true;
    },
  });
}
