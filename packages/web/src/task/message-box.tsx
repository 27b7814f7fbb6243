import type { Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { server } from '../server/server.ts';
import { attempt } from './attempt.ts';

/** A word to a running task. Enter sends, Shift+Enter begins a line. */
export function MessageBox({ task }: { readonly task: Task }): JSX.Element {
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const send = async (): Promise<void> => {
    if (text.trim() === '' || sending) return;
    setSending(true);
    if (await attempt(() => server.message(task.id, text), 'Sent.')) setText('');
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
        aria-label="Message to the task"
        placeholder={task.state === 'submitted' ? 'It has not begun yet' : 'Message'}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            void send();
          }
          event.stopPropagation();
        }}
      />
      <button disabled={sending || text.trim() === ''}>Send</button>
    </form>
  );
}
