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
  const found = await traces(attempts, store, workFolder);
  for (const { id, attempt, recorded } of found) {
    const why = everything ? 'its server or worker is another one now' : 'its lease ran out';
    log('warn', 'an attempt is said to run and nobody watches it', { task: id, attempt, why, recorded });
  }
  const ended = new Map<string, Set<number>>();
  const stuck = await endAttemptProcesses(found, undefined, ({ id }, pid) => {
    ended.set(id, (ended.get(id) ?? new Set()).add(pid));
  });
  for (const { id, attempt } of stuck) {
    log('error', 'a process of a lost attempt cannot be ended', { task: id, attempt });
  }
  const tasks = await store.reclaim(
    attempts.filter(({ id, attempt }) => !stuck.some((one) => one.id === id && one.attempt === attempt)),
    { onlyExpired: !everything },
  );
  for (const { id, state, reason, attempt } of tasks) {
    const pids = [...(ended.get(id) ?? [])];
    log('warn', 'settled a lost attempt', { task: id, attempt, ended: pids, state, reason });
  }
  return tasks;
}

/** An attempt, with what became of the processes that are written down for it. */
interface RecordedTrace extends AttemptTrace {
  readonly recorded: readonly { readonly pid: number; readonly found: 'running' | 'gone' | 'a stranger' }[];
}

/** What is written down of the attempts' processes, and whether these are still the same ones. */
async function traces(
  attempts: readonly Lease[],
  store: Store,
  workFolder: ReconciliationOptions['workFolder'],
): Promise<RecordedTrace[]> {
  const all = await Promise.all(
    (await store.processes()).map(async ({ id, attempt, pid, startTime }) => {
      const now = await processStartTime(pid);
      const found = now === undefined ? 'gone' : now === startTime ? 'running' : 'a stranger';
      return { id, attempt, pid, found } as const;
    }),
  );
  return attempts.map(({ id, attempt }) => {
    const own = all.filter((one) => one.id === id && one.attempt === attempt);
    const groups = own.filter(({ found }) => found === 'running').map(({ pid }) => pid);
    const recorded = own.map(({ pid, found }) => ({ pid, found }));
    return { id, attempt, groups, folder: workFolder?.({ id, attempt }), recorded };
  });
}
