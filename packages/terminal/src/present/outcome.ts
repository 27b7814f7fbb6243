import type { Outcome } from '@prefish/core';
import { sanitize } from '@prefish/screen';

/** What a person reads of how a line ended: `''` when it has said all there is to say. Errors are events of their own. */
export function formatOutcome(result: Outcome | Error): string {
  if (result instanceof Error || (result.type !== 'ok' && result.type !== 'task')) return '';
  if (result.message !== undefined) return ended(sanitize(result.message));
  if (result.type === 'task') return `task ${result.task.number} submitted (${sanitize(result.task.id)})\n`;
  return '';
}

/** How the program of a line ended, where that was not well: a line such as `!false` says nothing of it itself. */
export function formatExit(result: Outcome | Error): string | undefined {
  if (result instanceof Error || result.type !== 'ok' || result.exit === undefined) return undefined;
  const { exit } = result;
  if ('signal' in exit) return `ended by ${exit.signal}`;
  return exit.code === 0 ? undefined : `exit ${exit.code}`;
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
