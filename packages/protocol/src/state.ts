/**
 * The states of a task, named as in A2A 1.0 (https://github.com/a2aproject/A2A, specification,
 * "TaskState"), and `unknown` for a task whose source cannot be asked.
 */
export type TaskState =
  | 'submitted'
  | 'working'
  | 'input-required'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'rejected'
  | 'unknown';

const followers: Readonly<Record<TaskState, readonly TaskState[]>> = {
  submitted: ['working', 'canceled', 'rejected', 'failed'],
  working: ['submitted', 'input-required', 'completed', 'failed', 'canceled'],
  'input-required': ['submitted', 'working', 'completed', 'failed', 'canceled'],
  completed: [],
  failed: [],
  canceled: [],
  rejected: [],
  unknown: [],
};

/** Every state, in the order in which a task may pass through them. */
export const taskStates: readonly TaskState[] = Object.keys(followers) as TaskState[];

/** Whether a task in `state` never changes again. */
export function isFinal(state: TaskState): boolean {
  return state !== 'unknown' && followers[state].length === 0;
}

/** Whether a task may pass from one state straight to another. `working` → `submitted` is another attempt. */
export function canFollow(from: TaskState, to: TaskState): boolean {
  return followers[from].includes(to);
}
