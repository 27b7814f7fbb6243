import { processStartTime } from '@prefish/processes';
import type { Task } from '@prefish/protocol';
import type { Log } from '../log.ts';
import { endAttemptProcesses, type AttemptTrace } from '../processes/attempt-processes.ts';
import type { Lease, Store } from '../store/store.ts';

/** What to reconcile, and where to report it. */
export interface ReconciliationOptions {
  readonly store: Store;
  readonly log: Log;
  /** Every attempt, not only those whose lease has run out: for a server that has just started. */
  readonly everything: boolean;
  /** Those of this worker alone. */
  readonly worker?: string;
  /** Attempts to leave alone, because this process runs them. */
  readonly except?: (lease: Lease) => boolean;
  /** The folder that an attempt works in, where it has one on this machine. */
  readonly workFolder?: ((lease: Lease) => string) | undefined;
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
  worker,
  except = () => false,
  workFolder,
}: ReconciliationOptions): Promise<readonly Task[]> {
  const asked = { everything, ...(worker !== undefined && { worker }) };
  const attempts = (await store.expired(asked)).filter((lease) => !except(lease));
  if (attempts.length === 0) return [];
  const stuck = await endAttemptProcesses(await traces(attempts, store, workFolder));
  for (const { id, attempt } of stuck) {
    log('error', 'a process of a lost attempt cannot be ended', { task: id, attempt });
  }
  const tasks = await store.reclaim(
    attempts.filter(({ id, attempt }) => !stuck.some((one) => one.id === id && one.attempt === attempt)),
    { onlyExpired: !everything },
  );
  for (const { id, state, reason, attempt } of tasks) {
    log('warn', 'settled a lost attempt', { task: id, attempt, state, reason });
  }
  return tasks;
}

/** What is written down of the attempts' processes, where these are still the same ones. */
async function traces(
  attempts: readonly Lease[],
  store: Store,
  workFolder: ReconciliationOptions['workFolder'],
): Promise<AttemptTrace[]> {
  const recorded = await store.processes();
  const current = await Promise.all(
    recorded.map(async ({ pid, startTime }) => (await processStartTime(pid)) === startTime),
  );
  return attempts.map(({ id, attempt }) => {
    const own = recorded.filter((one, index) => current[index] && one.id === id && one.attempt === attempt);
    return { id, attempt, groups: own.map(({ pid }) => pid), folder: workFolder?.({ id, attempt }) };
  });
}
