import { constants } from 'node:os';
import { isPrefishError, type Exit, type Task } from '@prefish/protocol';
import type { Outcome } from './outcome.ts';

/** The exit code that stands for how a program ended: its own, or 128 + the signal's number. */
export function exitCodeOf(exit: Exit): number {
  if ('code' in exit) return exit.code;
  return 128 + (constants.signals[exit.signal as NodeJS.Signals] ?? 0);
}

/** How a line ended, from what its handler returned or threw. */
export function exitOf(result: Outcome | Error): Exit {
  if (result instanceof Error || isPrefishError(result)) {
    return { code: isPrefishError(result) ? result.exitCode : 1 };
  }
  if (result.type === 'ok') return result.exit ?? { code: 0 };
  if (result.type === 'denied') return { code: 2 };
  if (result.type === 'exit') return { code: result.code };
  return { code: 0 };
}

/**
 * How a line ends that waited for a task: as the task did. With 1 where that was canceled, by whatever signal, or failed
 * though its exit was none, or good.
 */
export function exitOfTask({ state, exit }: Pick<Task, 'state' | 'exit'>): Exit {
  if (state === 'completed') return exit ?? { code: 0 };
  if (state === 'failed' && exit !== undefined && exitCodeOf(exit) !== 0) return exit;
  return { code: 1 };
}
