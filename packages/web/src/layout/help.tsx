import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const rows: readonly (readonly [keys: string, what: string])[] = [
  ['j k', 'down and up: tasks, or what one says'],
  ['Home End', 'to the beginning, to the end'],
  ['Enter', 'open the task'],
  ['Esc', 'back to the list'],
  ['n p', 'in a task: the next one, the one before'],
  ['m', 'message to the task'],
  ['1 … 9', 'answer what it asks'],
  ['x', 'cancel the task, once you say yes'],
  ['r', 'retry a task that has ended'],
  ['D', 'remove a task that has ended, once you say yes'],
  ['d', 'what the task changed, and back'],
  ['/', 'search the list; find in a transcript'],
  ['?', 'these keys'],
];

/** The keys of the page. */
export function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {rows.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys.split(' ').map((key) => (key === '…' ? ' … ' : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button autofocus>Close</button>
      </form>
    </dialog>
  );
}
