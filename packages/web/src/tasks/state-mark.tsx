import type { TaskState } from '@prefish/protocol';
import type { JSX } from 'preact';

const marks: Readonly<Record<TaskState, string>> = {
  submitted: '◌',
  working: '●',
  'input-required': '?',
  completed: '✓',
  failed: '✗',
  canceled: '⊘',
  rejected: '✗',
  unknown: '·',
};

/** A sign for a state; those who do not see it read the state beside it. */
export function StateMark({ state }: { readonly state: TaskState }): JSX.Element {
  return (
    <span class={`mark mark-${state}`} aria-hidden="true">
      {marks[state]}
    </span>
  );
}
