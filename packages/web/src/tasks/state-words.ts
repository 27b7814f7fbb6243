import { isFinal, type Task, type TaskState } from '@prefish/protocol';
import { taskList } from './task-list.ts';

/** What a state is called. */
export const stateName = (state: TaskState): string => (state === 'input-required' ? 'asks you' : state);

/** The state of a task, and why it is in it: `failed, exit 3`, `waits for #8`. */
export function stateOf(task: Task): string {
  const { state, reason, exit } = task;
  if (state === 'submitted') return waitingFor(task);
  const why = reason ?? (state === 'failed' && exit !== undefined ? exitWords(exit) : undefined);
  return why === undefined || why === state ? stateName(state) : `${stateName(state)}, ${why}`;
}

/** The tasks that one comes after and that have not ended, as far as they are known. */
export function awaitedOf({ state, after = [] }: Task): readonly Task[] {
  if (state !== 'submitted' || after.length === 0) return [];
  void taskList.version.value;
  return after
    .map((id) => taskList.get(id))
    .filter((task): task is Task => task !== undefined && !isFinal(task.state));
}

function waitingFor(task: Task): string {
  const awaited = awaitedOf(task);
  const { state, after = [] } = task;
  const isNext = after.every((id) => taskList.get(id) !== undefined);
  const reason = task.reason ?? listed(task)?.reason ?? (isNext ? 'waits for a free worker' : state);
  if (awaited.length === 0)
    return reason === state || reason.startsWith('waits ') ? reason : `${state}, ${reason}`;
  return `waits for ${awaited.map(({ number, title }) => `#${number} ${title.slice(0, 100)}`).join(', ')}`;
}

/** A task as the list has it in the same state: the server says there why it waits. */
function listed({ id, state }: Task): Task | undefined {
  void taskList.version.value;
  const task = taskList.get(id);
  return task?.state === state ? task : undefined;
}

function exitWords(exit: NonNullable<Task['exit']>): string {
  return 'code' in exit ? `exit ${exit.code}` : exit.signal;
}
