import type { Task } from './task.ts';

const words: Readonly<Record<string, string>> = {
  'worker-lost': 'its server ended',
};

/** The `reason` of a task's state as people read it: `its server ended` for `worker-lost`; others say it themselves. */
export function reasonWords(reason: string): string {
  return words[reason] ?? reason;
}

/** What became of a task whose server, or worker, ended while it ran; `undefined` of any other. */
export function lossWords({ state, reason }: Pick<Task, 'state' | 'reason'>): string | undefined {
  if (state !== 'failed' || reason !== 'worker-lost') return undefined;
  return 'Its server, or its worker, ended while it ran, and what it had changed is lost.';
}
