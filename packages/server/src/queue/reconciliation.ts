import type { Task } from '@prefish/protocol';
import type { Log } from '../log.ts';
import type { Lease, Store } from '../store/store.ts';
import { endAttemptProcesses } from './attempt-processes.ts';

/** What to reconcile, and where to report it. */
export interface ReconciliationOptions {
  readonly store: Store;
  readonly log: Log;
  /** Every attempt, not only those whose lease has run out: for a server that has just started. */
  readonly everything: boolean;
  /** Attempts to leave alone, because this process runs them. */
  readonly except?: (lease: Lease) => boolean;
}

/**
 * Makes what the store believes agree with what runs: ends the processes of attempts that nobody
 * watches any more, waits until they are gone, and only then gives their tasks back or ends them.
 * An attempt whose processes cannot be ended stays as it is, for the next time.
 */
export async function reconcile({
  store,
  log,
  everything,
  except = () => false,
}: ReconciliationOptions): Promise<readonly Task[]> {
  const attempts = (await store.expired({ everything })).filter((lease) => !except(lease));
  if (attempts.length === 0) return [];
  const stuck = await endAttemptProcesses(attempts, await store.processes());
  for (const { id, attempt } of stuck) {
    log('error', 'a process of a lost attempt cannot be ended', { task: id, attempt });
  }
  const tasks = await store.reclaim(attempts.filter((lease) => !stuck.includes(lease)));
  for (const { id, state, reason, attempt } of tasks) {
    log('warn', 'settled a lost attempt', { task: id, attempt, state, reason });
  }
  return tasks;
}
