import type { Task } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';

/**
 * What stands for a task in a command that is offered: its number. Where another server may have a task of that
 * number, and for one that has none yet, its id.
 */
export function referenceTo(
  { servers }: Pick<Services, 'servers'>,
  { id, number }: Pick<Task, 'id' | 'number'>,
): string {
  return number > 0 && servers.length === 1 ? String(number) : printable(id);
}
