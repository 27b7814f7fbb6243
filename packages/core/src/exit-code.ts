import { constants } from 'node:os';
import { isPrefishError, type Exit } from '@prefish/protocol';
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
