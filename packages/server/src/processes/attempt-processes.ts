import { platform } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { findProcesses, signalProcess, type ProcessTrace } from '@prefish/processes';
import { attemptMark } from '../sandbox/environment.ts';
import type { Lease } from '../store/store.ts';

/** By what the processes of an attempt are known, besides the variable that they inherit. */
export interface AttemptTrace extends Lease, Omit<ProcessTrace, 'mark'> {}

/**
 * Kills every process of the attempts, and waits until none is left: on Linux whatever `findProcesses` finds
 * by the groups, the folder and the variable of an attempt, elsewhere the groups.
 *
 * @param ended told of each process that is killed
 * @returns the attempts of which something still runs after `patience` milliseconds
 */
export async function endAttemptProcesses<Trace extends AttemptTrace>(
  attempts: readonly Trace[],
  patience = 10_000,
  ended: (attempt: Trace, pid: number) => void = () => {},
): Promise<readonly Trace[]> {
  if (attempts.length === 0) return [];
  const deadline = performance.now() + patience;
  const traces = attempts.map((trace) => ({ ...trace, mark: attemptMark(trace.id, trace.attempt) }));
  for (let round = 0; ; round += 1) {
    // Looked for before the first is killed: orphans do not say who their parent was.
    const found = platform === 'linux' ? await findProcesses(traces) : [];
    const left = attempts.filter((attempt, index) => {
      const inGroups = attempt.groups.filter((group) => signalProcess(-group, 'SIGKILL'));
      const running = found[index] ?? [];
      for (const { pid } of running) {
        signalProcess(pid, 'SIGKILL');
        ended(attempt, pid);
      }
      // A group counts as there until its dead are collected, which may take the machine's first process long.
      return running.length > 0 || (platform !== 'linux' && inGroups.length > 0);
    });
    if (left.length === 0 || performance.now() > deadline) return left;
    await pause(Math.min(1 + round, 20));
  }
}
