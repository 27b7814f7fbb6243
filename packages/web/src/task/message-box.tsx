import { isFinal, type Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { server } from '../server/server.ts';
import type { Transcript } from '../transcript/transcript.ts';
import { attempt } from './attempt.ts';
import { continueTask } from './continue-task.ts';

/** What was typed and not sent, by task: it outlives the end of the task, and a look at another one. */
const drafts = new Map<string, string>();

/** A word to a task: one that has ended is taken up by a new one. Enter sends, Shift+Enter begins a line. */
export function MessageBox({
  task,
  transcript,
}: {
  readonly task: Task;
  readonly transcript: Transcript;
}): JSX.Element {
  const { id, state } = task;
  const [text, setText] = useState(drafts.get(id) ?? '');
  const [sending, setSending] = useState(false);
  const ended = isFinal(state);
  const type = (typed: string): void => {
    if (typed === '') drafts.delete(id);
    else drafts.set(id, typed);
    setText(typed);
  };
  const send = async (): Promise<void> => {
    if (text.trim() === '' || sending) return;
    setSending(true);
    const sent = ended ? continueTask(task, text, transcript) : attempt(() => server.message(id, text));
    if (await sent) type('');
    setSending(false);
  };
  return (
    <form
      class="message-box"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        rows={Math.min(6, text.split('\n').length)}
        aria-label={ended ? 'Message to go on with' : 'Message to the task'}
        placeholder={
          ended ? 'Go on in a new task' : state === 'submitted' ? 'It hears this when it begins' : 'Message'
        }
        value={text}
        onInput={({ currentTarget }) => type(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            void send();
          }
          event.stopPropagation();
        }}
      />
      <button disabled={sending || text.trim() === ''}>{ended ? 'Continue' : 'Send'}</button>
    </form>
  );
}
