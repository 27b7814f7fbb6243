import { kill } from 'node:process';

/** Sends a signal to a process, or a group where `pid` is negative, and says whether it is there. 0 only asks. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
