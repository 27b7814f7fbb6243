import type { TaskState } from '@prefish/protocol';
import type { JSX } from 'preact';
import { Icon } from '../layout/icon.tsx';

const disc = <circle class="mark-disc" cx="8" cy="8" r="7" />;
const cross = (
  <>
    {disc}
    <path class="mark-sign" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />
  </>
);

const marks: Readonly<Record<TaskState, JSX.Element>> = {
  submitted: <circle cx="8" cy="8" r="6.2" stroke-dasharray="2.2 2.12" />,
  working: (
    <>
      <circle class="mark-track" cx="8" cy="8" r="6.2" />
      <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8" />
    </>
  ),
  'input-required': (
    <>
      {disc}
      <path class="mark-sign" d="M6.1 6.2a1.95 1.95 0 1 1 2.8 1.75c-.6.3-.9.65-.9 1.25M8 11.6v.05" />
    </>
  ),
  completed: (
    <>
      {disc}
      <path class="mark-sign" d="m4.9 8.3 2.1 2.1 4.1-4.5" />
    </>
  ),
  failed: cross,
  canceled: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="m3.9 12.1 8.2-8.2" />
    </>
  ),
  rejected: cross,
  unknown: <circle cx="8" cy="8" r="1.5" />,
};

/** A sign for a state; those who do not see it read the state beside it. */
export function StateMark({ state }: { readonly state: TaskState }): JSX.Element {
  return <Icon class={`mark mark-${state}`}>{marks[state] ?? marks.unknown}</Icon>;
}
