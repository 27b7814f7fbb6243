import type { JSX } from 'preact';
import { StateMark } from '../tasks/state-mark.tsx';
import { stateName } from '../tasks/state-words.ts';
import { visibleLabel, visibleText } from '../text/visible.ts';
import type { NoteBlock } from './blocks.ts';

/** What happened to the task, and what it should be known for. */
export function NoteView({ block: { event, attempt } }: { readonly block: NoteBlock }): JSX.Element {
  switch (event.type) {
    case 'state':
      return (
        <p class="note note-state">
          <StateMark state={event.state} />
          <span>
            {stateName(event.state)}
            {attempt !== undefined && attempt > 1 && <strong> run {attempt}</strong>}
            {event.reason !== undefined && `, ${visibleLabel(event.reason)}`}
          </span>
          <time dateTime={event.at} title={event.at}>
            {new Date(event.at).toLocaleTimeString()}
          </time>
        </p>
      );
    case 'result':
      return (
        <p class="note">
          {event.files} {event.files === 1 ? 'file' : 'files'} changed, <ins>+{event.insertions}</ins>{' '}
          <del>−{event.deletions}</del> on <code>{visibleLabel(event.branch)}</code>
        </p>
      );
    case 'exit':
      return (
        <p class="note">
          {'code' in event ? `ended with exit code ${event.code}` : `ended by ${event.signal}`}
        </p>
      );
    default:
      return (
        <div class={`callout callout-${event.type}`} role="note" aria-label={event.type}>
          <p>{visibleText(event.message)}</p>
          {event.hint !== undefined && <p class="hint">{visibleText(event.hint)}</p>}
          <code>{visibleLabel(event.code)}</code>
        </div>
      );
  }
}
