import type { TaskState } from '@prefish/protocol';
import type { JSX } from 'preact';

const marks: Readonly<Record<TaskState, readonly [mark: string, label: string]>> = {
  submitted: ['◌', 'waiting'],
  working: ['●', 'working'],
  'input-required': ['?', 'asks you'],
  completed: ['✓', 'completed'],
  failed: ['✗', 'failed'],
  canceled: ['⊘', 'canceled'],
  rejected: ['✗', 'rejected'],
  unknown: ['·', 'unknown'],
};

/** The words for a state. */
export const stateLabel = (state: TaskState): string => marks[state][1];

/** A sign for a state, with its words for those who do not see it. */
export function StateMark({ state }: { readonly state: TaskState }): JSX.Element {
  const [mark, label] = marks[state];
  return (
    <span class={`mark mark-${state}`} role="img" aria-label={label} title={label}>
      {mark}
    </span>
  );
}
