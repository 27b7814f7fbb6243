import { readFile } from 'node:fs/promises';
import { platform } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { signalProcess } from './signal-process.ts';

/** What the kernel says of a process that runs. */
export interface ProcessStatus {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Whether it belongs to a terminal, as what a person started there does. */
  readonly terminal: boolean;
  /** The group that has the terminal's keys; -1 without a terminal. */
  readonly foreground: number;
  /** Whether it was stopped, and waits for SIGCONT. */
  readonly stopped: boolean;
  /** A text that no later process with the same pid has, not even after the machine was started again. */
  readonly startTime: string;
}

/**
 * The status of a process on Linux: fields 3 to 8 and 22 of `/proc/PID/stat` (proc_pid_stat(5)).
 * `undefined` when there is none, or only what is left of one until its parent asks for it.
 */
export async function processStatus(pid: number): Promise<ProcessStatus | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field is the command's name in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session, terminal, foreground] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return {
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    terminal: terminal !== '0',
    foreground: Number(foreground),
    stopped: state === 'T',
    startTime: `${fields[22 - 3] ?? ''}@${await thisBoot()}`,
  };
}

let boot: Promise<string> | undefined;

/** The kernel counts a process's start from its own: without this, a pid that is given again may look the same (random(4)). */
function thisBoot(): Promise<string> {
  boot ??= readFile('/proc/sys/kernel/random/boot_id', 'latin1').then(
    (id) => id.trim(),
    () => '',
  );
  return boot;
}

/** Whether a process runs. On Linux one that has ended and waits for its parent does not; elsewhere it cannot be told. */
export async function isRunning(pid: number): Promise<boolean> {
  return platform === 'linux' ? (await processStatus(pid)) !== undefined : signalProcess(pid, 0);
}

/** Resolves once a process does not run any more, or after 10 s. */
export async function processGone(pid: number): Promise<void> {
  for (let round = 0; round < 1000 && (await isRunning(pid)); round += 1) {
    await pause(Math.min(1 + round, 10));
  }
}
