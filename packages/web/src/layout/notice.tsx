import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { online } from '../server/connection.ts';
import { notice } from '../task/attempt.ts';
import { visible } from '../text/visible.ts';
import { CommandToCopy } from './command-to-copy.tsx';
import { CloseIcon } from './icon.tsx';

/** How long it is said that something was done, in milliseconds. What failed stays. */
const shown = 4000;

/** What came of the last thing that somebody did. */
export function Notice(): JSX.Element {
  const said = notice.value;
  const isOnline = online.value;
  useEffect(() => {
    if (isOnline && notice.peek()?.offline === true) notice.value = undefined;
  }, [isOnline]);
  useEffect(() => {
    if (said?.kind !== 'done') return undefined;
    const timer = setTimeout(() => {
      notice.value = undefined;
    }, shown);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div class="notices" role="status" aria-live="polite">
      {said !== undefined && (
        <div class={`notice notice-${said.kind}`}>
          <div>
            <p>{visible(said.text)}</p>
            {said.hint !== undefined && <small>{visible(said.hint)}</small>}
            {said.command !== undefined && <CommandToCopy key={said.command} command={said.command} />}
          </div>
          <button
            aria-label="Dismiss"
            onClick={() => {
              notice.value = undefined;
            }}
          >
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}
