import type { RunContext } from '@prefish/core';

/** Whether this prefish runs the line of a task. */
export function isInTask({ enclosed, env }: Pick<RunContext, 'enclosed' | 'env'>): boolean {
  return enclosed !== undefined || env['PREFISH_TASK'] !== undefined;
}
