import { setTimeout as delay } from 'node:timers/promises';
import { signalAll, type LineProcesses } from './line-processes.ts';

/** What is sent, and after how many milliseconds the next is: 4 s in all, within the kernel's grace. */
const steps: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 2000],
  ['SIGTERM', 2000],
  ['SIGKILL', 500],
];
const pollMs = 20;

/**
 * Ends everything that a line started: asks as Ctrl+C does, then firmly, then for certain. What the
 * shell left behind when it ended (background jobs ignore SIGINT) is not asked twice. Resolves when
 * nothing runs any more.
 */
export async function stopLine(processes: LineProcesses, shellEnded: () => boolean): Promise<void> {
  for (const [signal, patienceMs] of steps) {
    if (!signalAll(processes, signal)) return;
    const deadline = performance.now() + patienceMs;
    const isOver = (): boolean => performance.now() > deadline || (signal === 'SIGINT' && shellEnded());
    do {
      await delay(pollMs);
      if (!signalAll(processes, 0)) return;
    } while (!isOver());
  }
}
