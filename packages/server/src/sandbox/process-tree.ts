import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { attemptMark } from './environment.ts';

/** What is known of the processes of an attempt. */
export interface AttemptProcesses {
  readonly task: string;
  readonly attempt: number;
  /** The leader of its process group. Leave it out when the number may belong to somebody else by now. */
  readonly group?: number;
}

/** How long {@link endProcesses} goes on before it gives up on what cannot be killed (a process in uninterruptible sleep). */
const deadline = 10_000;

/**
 * Ends every process of an attempt and resolves once none is left: its process group, and on Linux every
 * process whose environment carries the attempt's mark, whatever it did to its parents, session and group.
 */
export async function endProcesses(attempt: AttemptProcesses): Promise<void> {
  const mark = attemptMark(attempt.task, attempt.attempt);
  const start = performance.now();
  for (let round = 0; performance.now() - start < deadline; round += 1) {
    const inGroup = attempt.group !== undefined && signalProcess(-attempt.group, 'SIGKILL');
    const marked = await markedProcesses(mark);
    for (const pid of marked) signalProcess(pid, 'SIGKILL');
    if (!inGroup && marked.length === 0) return;
    await pause(Math.min(1 + round, 20));
  }
}

/** Resolves once a process is gone, or only its exit status is left of it. */
export async function processGone(pid: number): Promise<void> {
  for (let round = 0; (await isAlive(pid)) && round < 1000; round += 1) await pause(Math.min(1 + round, 10));
}

/** Sends a signal to a process, or with a negative number to a group; whether anybody was there to get it. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  return status !== undefined && !isZombie(status);
}

/** Field 3 of `/proc/PID/stat` (proc_pid_stat(5)); the name before it is in parentheses and may hold anything. */
function isZombie(status: string): boolean {
  return status.slice(status.lastIndexOf(')') + 2).startsWith('Z');
}

async function markedProcesses(mark: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name)).map(Number);
  const needle = Buffer.from(`\0${mark}\0`);
  const checked = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`).catch(() => undefined);
      return environment !== undefined && Buffer.concat([Buffer.of(0), environment]).includes(needle);
    }),
  );
  return pids.filter((_, index) => checked[index]);
}
