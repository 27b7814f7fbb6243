import type { Outcome } from '@prefish/core';
import { sanitize } from '@prefish/screen';

/** What a person reads of how a line ended: `''` when it has said all there is to say. Errors are events of their own. */
export function formatOutcome(result: Outcome | Error): string {
  if (result instanceof Error || (result.type !== 'ok' && result.type !== 'task')) return '';
  if (result.message !== undefined) return ended(sanitize(result.message));
  if (result.type === 'task') return `task ${result.task.number} submitted (${sanitize(result.task.id)})\n`;
  return '';
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
