import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Does what cannot be undone, once that was asked in its place: under the pointer is what changes nothing. */
export function AskingButton(props: {
  /** What it does, in a word: `Revoke`. */
  readonly verb: string;
  /** To what: `the login of my laptop`. */
  readonly what: string;
  readonly onYes: () => Promise<unknown>;
  readonly title?: string;
  readonly disabled?: boolean;
  readonly quiet?: boolean;
}): JSX.Element {
  const { verb, what, onYes, title, disabled = false, quiet = false } = props;
  const [asks, setAsks] = useState<boolean>();
  const [acting, setActing] = useState(false);
  const [button, keep] = [useRef<HTMLButtonElement>(null), useRef<HTMLButtonElement>(null)];
  // What had the focus is gone: it goes to what stands in its place.
  useLayoutEffect(() => {
    if (asks !== undefined) (asks ? keep : button).current?.focus();
  }, [asks]);
  if (asks !== true) {
    return (
      <button
        ref={button}
        class={quiet ? 'quiet' : 'danger'}
        aria-label={`${verb} ${what}`}
        title={title}
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
    <span
      class="asks"
      role="group"
      aria-label={`${verb} ${what}?`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        setAsks(false);
      }}
    >
      <button class="danger" disabled={acting} onClick={() => void act()}>
        Yes, {verb.toLowerCase()}
      </button>
      <button ref={keep} onClick={() => setAsks(false)}>
        Keep
      </button>
    </span>
  );
}
