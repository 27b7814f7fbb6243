import { readFile, readdir } from 'node:fs/promises';
import process, { kill, platform } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lease, RecordedProcess } from '../store/store.ts';
import { processStartTime } from './process-start-time.ts';

/** The variable that every process of an attempt inherits; its value is `<task id>/<attempt>`. */
export const attemptVariable = 'PREFISH_TASK_ATTEMPT';

/** How often to look whether killed processes are gone, in milliseconds. */
const pollInterval = 20;

/**
 * Kills what earlier attempts left running, and waits until it is gone: the processes written down
 * for them, where they still are the same ones, and on Linux every process that carries an
 * attempt's variable, which finds those that left their session. Returns the attempts of which
 * something still runs after `patience` milliseconds.
 */
export async function endAttemptProcesses(
  attempts: readonly Lease[],
  recorded: readonly RecordedProcess[],
  patience = 10_000,
): Promise<readonly Lease[]> {
  const deadline = performance.now() + patience;
  for (;;) {
    const running = await runningProcesses(attempts, recorded);
    const pids = [...running.values()].flat();
    if (pids.length === 0) return [];
    for (const pid of pids) endProcess(pid);
    if (performance.now() > deadline) return [...running.keys()];
    await delay(pollInterval);
  }
}

async function runningProcesses(
  attempts: readonly Lease[],
  recorded: readonly RecordedProcess[],
): Promise<Map<Lease, number[]>> {
  const marked =
    attempts.length > 0 && platform === 'linux' ? await markedProcesses() : new Map<string, number[]>();
  const running = new Map<Lease, number[]>();
  for (const lease of attempts) {
    const pids = marked.get(nameOf(lease)) ?? [];
    for (const { pid, startTime, ...owner } of recorded) {
      if (nameOf(owner) === nameOf(lease) && (await processStartTime(pid)) === startTime) pids.push(pid);
    }
    if (pids.length > 0) running.set(lease, pids);
  }
  return running;
}

/** The processes of this machine that carry the variable, by its value. Those of other users cannot be read. */
async function markedProcesses(): Promise<Map<string, number[]>> {
  const marked = new Map<string, number[]>();
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const entry = environment.split('\0').find((text) => text.startsWith(`${attemptVariable}=`));
      if (entry === undefined) return;
      const value = entry.slice(attemptVariable.length + 1);
      marked.set(value, [...(marked.get(value) ?? []), pid]);
    }),
  );
  return marked;
}

function nameOf({ id, attempt }: Lease): string {
  return `${id}/${attempt}`;
}

/** Kills a process and, where it leads one, its group. */
function endProcess(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      kill(target, 'SIGKILL');
    } catch {
      // Gone already, or no leader of a group.
    }
  }
}
