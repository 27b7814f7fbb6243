import type { Task } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { referenceTo } from './reference.ts';

/** Reasons of tasks that had begun, and of whose work nothing could be kept. */
const notKept: ReadonlySet<string> = new Set(['disk', 'files', 'no-space', 'server-failed']);

/** Why there is nothing of a task that has ended: it changed nothing, or what it changed is gone. */
export function describeNoResult(
  services: Pick<Services, 'servers'>,
  task: Pick<Task, 'id' | 'number' | 'state' | 'reason'>,
): { readonly message: string; readonly hint?: string } {
  const { number, state, reason } = task;
  if (state === 'failed' && reason === 'worker-lost') {
    const hint = `prefish tasks retry ${referenceTo(services, task)} runs it again`;
    return { message: `What task ${number} changed was lost with its server or worker`, hint };
  }
  if (state === 'failed' && reason !== undefined && notKept.has(reason))
    return { message: printable(`Nothing of what task ${number} changed was kept (${reason})`) };
  return { message: `Task ${number} changed nothing` };
}
