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
  const start = performance.now();
  for (let round = 0; performance.now() - start < deadline; round += 1) {
    const inGroup = attempt.group !== undefined && signalProcess(-attempt.group, 'SIGKILL');
    // A group counts as there until its dead are collected, which may take the machine's first process long.
    const left = process.platform === 'linux' ? await livingProcesses(attempt) : [];
    for (const pid of left) signalProcess(pid, 'SIGKILL');
    if (left.length === 0 && (process.platform === 'linux' || !inGroup)) return;
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
  const status = await processStatus(pid);
  return status !== undefined && status.state !== 'Z';
}

async function livingProcesses({ task, attempt, group }: AttemptProcesses): Promise<number[]> {
  const mark = Buffer.from(`\0${attemptMark(task, attempt)}\0`);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const belongs = await Promise.all(
    pids.map(async (pid) => {
      const status = await processStatus(pid);
      if (status === undefined || status.state === 'Z') return false;
      if (status.group === group) return true;
      const environment = await readFile(`/proc/${pid}/environ`).catch(() => Buffer.alloc(0));
      return Buffer.concat([Buffer.of(0), environment]).includes(mark);
    }),
  );
  return pids.filter((_, index) => belongs[index]);
}

/** Fields 3 and 5 of `/proc/PID/stat` (proc_pid_stat(5)); the name before them is in parentheses and may hold anything. */
async function processStatus(pid: number): Promise<{ state: string; group: number } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (text === undefined) return undefined;
  const [state = '', , group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state, group: Number(group) };
}
