import type { EventBody, TaskState } from '@prefish/protocol';
import type { Write } from './writes.ts';
import type { Ending, Lease } from './store.ts';
import type { TaskRow } from './task-row.ts';
import { findCurrentAttempt, changeTask, currentAttempt } from './transcript.ts';

/** Columns of a task that no worker holds. */
const released = { worker: null, lease_until: null, cancel_requested: 0 } as const;

interface End extends Omit<Ending, 'state'> {
  readonly state: TaskState;
}

/** Brings a task into its final state, and with it every task that waits for it in vain. Returns the final row. */
export async function end(write: Write, row: TaskRow, ending: End): Promise<TaskRow> {
  const { state, reason, error, exit, result } = ending;
  const events: EventBody[] = [
    ...(error === undefined ? [] : [{ type: 'error', ...error } as const]),
    ...(result === undefined ? [] : [{ type: 'result', ...result } as const]),
    ...(exit === undefined ? [] : [{ type: 'exit', ...exit } as const]),
    { type: 'state', state, ...(reason !== undefined && { reason }) },
  ];
  const final = await changeTask(
    write,
    row,
    {
      ...released,
      state,
      reason: reason ?? null,
      exit: exit === undefined ? null : JSON.stringify(exit),
      result: result === undefined ? null : JSON.stringify(result),
      ended_at: write.now,
    },
    events,
  );
  await write.db.deleteFrom('processes').where('task', '=', row.number).execute();
  await write.db.deleteFrom('dependencies').where('task', '=', row.number).execute();
  await settleDependents(write, final);
  return final;
}

async function settleDependents(write: Write, final: TaskRow): Promise<void> {
  await write.db
    .deleteFrom('dependencies')
    .where('awaits', '=', final.number)
    .$if(final.state !== 'completed', (met) => met.where('any_end', '=', 1))
    .execute();
  if (final.state === 'completed') return;
  const dependents = await write.db
    .selectFrom('tasks')
    .selectAll()
    .where('number', 'in', (task) =>
      task.selectFrom('dependencies').select('task').where('awaits', '=', final.number),
    )
    .where('state', '=', 'submitted')
    .orderBy('number')
    .forUpdate()
    .execute();
  for (const dependent of dependents) {
    await end(write, dependent, { state: 'failed', reason: 'dependency-failed' });
  }
}

/** {@link import('./store.ts').Store.finish} */
export async function finish(write: Write, id: string, attempt: number, ending: Ending): Promise<TaskRow> {
  return end(write, await currentAttempt(write.db, id, attempt), ending);
}

/** {@link import('./store.ts').Store.requestCancel} */
export async function requestCancel(write: Write, row: TaskRow): Promise<TaskRow> {
  if (row.state === 'submitted') return end(write, row, { state: 'canceled', reason: 'canceled' });
  if (row.ended_at !== null) return row;
  await write.db.updateTable('tasks').set({ cancel_requested: 1 }).where('number', '=', row.number).execute();
  write.notify({ id: row.id, owner: row.owner, cancelRequested: true });
  return row;
}

/** {@link import('./store.ts').Store.reclaim} of one attempt; `undefined` when it is not to be reclaimed. */
export async function reclaim(
  write: Write,
  { id, attempt, until }: Lease,
  onlyExpired: boolean,
): Promise<TaskRow | undefined> {
  const row = await findCurrentAttempt(write.db, id, attempt);
  if (row === undefined || (onlyExpired && row.lease_until !== until)) return undefined;
  if (row.cancel_requested === 1) return end(write, row, { state: 'canceled', reason: 'canceled' });

  const losses = row.losses + row.started;
  if (losses > allowedLosses(row)) return end(write, row, { state: 'failed', reason: 'worker-lost' });

  await write.db.deleteFrom('processes').where('task', '=', row.number).execute();
  const reason = row.started === 1 ? 'worker-lost' : null;
  return changeTask(
    write,
    row,
    { ...released, state: 'submitted', reason, started: 0, started_at: null, losses },
    [{ type: 'state', state: 'submitted', ...(reason !== null && { reason }) }],
  );
}

/** A line that may have had effects outside is only run again when its submitter said so. */
function allowedLosses(row: TaskRow): number {
  const { options } = JSON.parse(row.request) as { options: { retries?: number } };
  return options.retries ?? 0;
}
