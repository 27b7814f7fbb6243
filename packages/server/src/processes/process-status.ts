import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { kill, platform } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What the kernel says of a process that runs. */
export interface ProcessStatus {
  readonly parent: number;
  readonly group: number;
  /** Whether it belongs to a terminal, as what a person started there does. */
  readonly terminal: boolean;
  /** A text that no later process with the same pid has. */
  readonly startTime: string;
}

/**
 * The status of a process on Linux: fields 3, 4, 5, 7 and 22 of `/proc/PID/stat` (proc_pid_stat(5)).
 * `undefined` when there is none, or only what is left of one until its parent asks for it.
 */
export async function processStatus(pid: number): Promise<ProcessStatus | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field is the command's name in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, , terminal] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return {
    parent: Number(parent),
    group: Number(group),
    terminal: terminal !== '0',
    startTime: fields[22 - 3] ?? '',
  };
}

/** When a process began: {@link ProcessStatus.startTime} on Linux, what `ps` shows elsewhere. `undefined` when it does not run. */
export async function processStartTime(pid: number): Promise<string | undefined> {
  return platform === 'linux' ? (await processStatus(pid))?.startTime : startTimeFromPs(pid);
}

/** Resolves once a process is gone, or only its exit status is left of it. */
export async function processGone(pid: number): Promise<void> {
  for (let round = 0; round < 1000 && (await processStatus(pid)) !== undefined; round += 1) {
    await pause(Math.min(1 + round, 10));
  }
}

/** Sends a signal to a process, or with a negative number to a group; whether anybody was there to get it. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function startTimeFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    });
    const [state, ...start] = stdout.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : start.join(' ') || undefined;
  } catch {
    return undefined;
  }
}
