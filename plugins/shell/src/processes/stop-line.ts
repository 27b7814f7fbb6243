import { setTimeout as delay } from 'node:timers/promises';
import { signalTree, type ProcessTree } from '@prefish/processes';
import { lineVariable } from './shell-process.ts';

/** What a line has started. */
export interface StartedLine {
  /** The process id of its shell, which leads a group and a session of its own. */
  readonly pid: number;
  /** The value of {@link lineVariable} in the environment of all of it. */
  readonly id: string;
}

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
export async function stopLine(line: StartedLine, shellEnded: () => boolean): Promise<void> {
  const tree = treeOf(line);
  for (const [signal, patienceMs] of steps) {
    if (!(await signalTree(tree, signal))) return;
    const deadline = performance.now() + patienceMs;
    const isOver = (): boolean => performance.now() > deadline || (signal === 'SIGINT' && shellEnded());
    do {
      await delay(pollMs);
      if (!(await signalTree(tree, 0))) return;
    } while (!isOver());
  }
}

/** How its processes are found. */
export function treeOf({ pid, id }: StartedLine): ProcessTree {
  return { pid, mark: `${lineVariable}=${id}` };
}
