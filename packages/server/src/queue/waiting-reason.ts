import type { Task } from '@prefish/protocol';

/** How many workers there are, and how many of them are at work. */
export interface Workers {
  readonly busy: number;
  readonly all: number;
}

/** A task as it is shown: with why it has not begun, where that is for want of a worker. */
export function withWaitingReason(task: Task, { busy, all }: Workers): Task {
  if (task.state !== 'submitted' || task.reason !== undefined || busy < all) return task;
  if (all === 0) return { ...task, reason: 'waits for a worker: none runs' };
  // What it comes after may be what is waited for.
  if (task.after !== undefined && task.after.length > 0) return task;
  return { ...task, reason: `waits for a free worker, ${busy} of ${all} busy` };
}
