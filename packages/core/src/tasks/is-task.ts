import type { Task } from '@prefish/protocol';

/** Whether there is what lists and references cannot do without. */
export function isTask(value: unknown): value is Task {
  const task = value as Partial<Task> | null | undefined;
  return typeof task?.id === 'string' && typeof task.state === 'string' && typeof task.createdAt === 'string';
}
