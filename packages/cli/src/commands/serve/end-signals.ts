import { constants } from 'node:os';
import { logLine } from './log-line.ts';

/**
 * Aborted by the first SIGTERM or SIGINT. A second one ends the process at once, as a crash would: what ran is settled
 * by whoever comes next.
 */
export function endSignal(): AbortSignal {
  const ended = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (!ended.signal.aborted) return ended.abort();
      logLine('warn', 'told to end twice: ends at once');
      process.exit(128 + constants.signals[signal]);
    });
  }
  return ended.signal;
}
