import type { Task, TaskState } from '@prefish/protocol';

/** What a state is called. */
export const stateName = (state: TaskState): string => (state === 'input-required' ? 'asks you' : state);

/** The state of a task, and why it is in it: `failed, exit 3`. */
export function stateOf({ state, reason, exit }: Task): string {
  const why = reason ?? (state === 'failed' && exit !== undefined ? exitWords(exit) : undefined);
  return why === undefined || why === state ? stateName(state) : `${stateName(state)}, ${why}`;
}

function exitWords(exit: NonNullable<Task['exit']>): string {
  return 'code' in exit ? `exit ${exit.code}` : exit.signal;
}
