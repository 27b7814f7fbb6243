import { PrefishError, type Args, type FoundTask, type Outcome, type RunContext } from '@prefish/core';
import { isFinal, taskStates } from '@prefish/protocol';
import { counted } from '../format/counted.ts';
import { warnOfSource } from '../format/source-warning.ts';
import { perform } from './actions.ts';
import { reply } from './reply.ts';

const pageSize = 200;

/**
 * `tasks clean`: forgets every task that has ended, of the sources that can forget one, once the user has agreed.
 * `{ removed: [id] }`.
 */
export async function runClean({ values }: Args, context: RunContext): Promise<Outcome> {
  const ended = await endedTasks(context);
  if (ended.length === 0) return reply(values, { removed: [] }, () => 'No task has ended');
  const results = ended.filter(({ task }) => task.result !== undefined).length;
  const lost = results === 0 ? '' : `, and with them ${counted(results, 'result')}`;
  const question = `Forget ${counted(ended.length, 'task')} that ended${lost}?`;
  if (!(await context.ask.confirm(question, { default: true }))) {
    throw new PrefishError('PREFISH_INTERRUPTED', 'Nothing was forgotten');
  }
  const removed: string[] = [];
  for (const found of ended) {
    await perform(found, 'rm', { values: {}, positionals: [] }, context);
    removed.push(found.task.id);
  }
  return reply(values, { removed }, () => `${counted(removed.length, 'task')} removed`);
}

/** Read to the last page before anything is removed: a cursor counts on what lies before it. */
async function endedTasks(context: RunContext): Promise<readonly FoundTask[]> {
  const { shell, signal } = context;
  const found: FoundTask[] = [];
  for (const source of shell.tasks.sources) {
    if (!source.actions.some(({ name }) => name === 'rm')) continue;
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const query = {
        limit: pageSize,
        state: taskStates.filter(isFinal),
        ...(cursor === undefined ? {} : { cursor }),
      };
      const listing = await shell.tasks.listSource(source.id, query, signal);
      signal.throwIfAborted();
      if (listing?.error !== undefined) warnOfSource(listing, context);
      for (const task of listing?.tasks ?? []) found.push({ source, task });
      cursor = listing?.next;
    }
  }
  return found;
}
