import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** Does what cannot be undone, once that was asked in its place: under the pointer is what changes nothing. */
export function AskingButton(props: {
  /** What it does, in a word: `Revoke`. */
  readonly verb: string;
  /** To what: `the login of my laptop`. */
  readonly what: string;
  readonly onYes: () => Promise<unknown>;
  readonly disabled?: boolean;
  readonly quiet?: boolean;
}): JSX.Element {
  const { verb, what, onYes, disabled = false, quiet = false } = props;
  const [asks, setAsks] = useState(false);
  const [acting, setActing] = useState(false);
  if (!asks) {
    return (
      <button
        class={quiet ? 'quiet' : 'danger'}
        aria-label={`${verb} ${what}`}
        disabled={disabled}
        onClick={() => setAsks(true)}
      >
        {verb}
      </button>
    );
  }
  const act = async (): Promise<void> => {
    setActing(true);
    await onYes();
    setActing(false);
    setAsks(false);
  };
  return (
    <span class="asks" role="group" aria-label={`${verb} ${what}?`}>
      <button class="danger" disabled={acting} onClick={() => void act()}>
        Yes, {verb.toLowerCase()}
      </button>
      <button autofocus onClick={() => setAsks(false)}>
        Keep
      </button>
    </span>
  );
}
