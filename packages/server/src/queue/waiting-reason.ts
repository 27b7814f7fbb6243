import type { Task } from '@prefish/protocol';

/** How many workers there are, and how many of them are at work. */
export interface Workers {
  readonly busy: number;
  readonly all: number;
}

/** What a task may wait for. */
export interface Queue extends Workers {
  /** How many tasks of its owner run or ask something, and how many may at the same time. */
  readonly own: { readonly running: number; readonly most: number };
  /** Nobody takes a task before the next start. */
  readonly isClosing: boolean;
}

/** A task as it is shown: with why it has not begun, where that is not what it comes after. */
export function withWaitingReason(task: Task, queue: Queue): Task {
  if (task.state !== 'submitted' || task.reason !== undefined) return task;
  const reason = whyNobodyTakes(queue) ?? (comesAfter(task) ? undefined : whyNotNext(queue));
  return reason === undefined ? task : { ...task, reason };
}

function whyNobodyTakes({ all, isClosing }: Queue): string | undefined {
  if (isClosing) return 'waits until the closing server is back';
  return all === 0 ? 'waits for a worker: none runs' : undefined;
}

function whyNotNext({ busy, all, own }: Queue): string | undefined {
  if (own.running >= own.most) {
    return `waits for another of its account, ${own.running} of ${own.most} running`;
  }
  return busy < all ? undefined : `waits for a free worker, ${busy} of ${all} busy`;
}

function comesAfter({ after = [] }: Task): boolean {
  return after.length > 0;
}
