import { PrefishError } from '@prefish/core';
import { projectOf, type SessionRecord, type SessionRecords } from '../session-records.ts';
import { findTaskConversation, type SearchContext, type TaskConversation } from './task-conversation.ts';

/** What `--continue` or `--resume` named. */
export type Earlier =
  | { readonly kind: 'session'; readonly record: SessionRecord }
  | ({ readonly kind: 'task' } & TaskConversation);

/**
 * Finds an earlier conversation: `last` is the last one of the project; else one with an agent by the beginning of
 * its id, or that of a task by any name that `prefish tasks` takes. What looks like a task's small number is one.
 *
 * @throws PREFISH_AGENT_SESSION when there is none, or several; what {@link findTaskConversation} throws
 */
export async function findEarlier(
  wanted: string,
  records: SessionRecords,
  context: SearchContext,
): Promise<Earlier> {
  if (wanted === 'last') {
    const record = await records.last(projectOf(context.cwd));
    if (record !== undefined) return { kind: 'session', record };
    throw sessionError('There is no conversation to continue in this project');
  }
  const sessions = await records.find(wanted);
  const exact = sessions.find(({ id }) => id === wanted);
  const record = exact ?? (sessions.length === 1 && !isTaskName(wanted) ? sessions[0] : undefined);
  if (record !== undefined) return { kind: 'session', record };
  const task = await findTaskConversation(wanted, context);
  if (task !== undefined) return { kind: 'task', ...task };
  const [only, second] = sessions;
  if (only !== undefined && second === undefined) return { kind: 'session', record: only };
  throw sessionError(
    second === undefined
      ? `No conversation and no task has the id ${wanted}`
      : `Several conversations have ids that begin with ${wanted}`,
  );
}

function isTaskName(wanted: string): boolean {
  return wanted === '@last' || /^\d{1,6}$/.test(wanted);
}

function sessionError(message: string): PrefishError {
  return new PrefishError('PREFISH_AGENT_SESSION', message);
}
