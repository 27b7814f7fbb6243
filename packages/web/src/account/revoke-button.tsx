import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** Ends what lets in, once that was asked in its place: under the pointer is what changes nothing. */
export function RevokeButton({
  what,
  onRevoke,
}: {
  /** What it is called: `the login of my laptop`. */
  readonly what: string;
  readonly onRevoke: () => Promise<unknown>;
}): JSX.Element {
  const [asks, setAsks] = useState(false);
  const [ending, setEnding] = useState(false);
  if (!asks) {
    return (
      <button class="danger" aria-label={`Revoke ${what}`} onClick={() => setAsks(true)}>
        Revoke
      </button>
    );
  }
  const revoke = async (): Promise<void> => {
    setEnding(true);
    await onRevoke();
    setEnding(false);
    setAsks(false);
  };
  return (
    <span class="asks" role="group" aria-label={`Revoke ${what}?`}>
      <button class="danger" disabled={ending} onClick={() => void revoke()}>
        Yes, revoke
      </button>
      <button autofocus onClick={() => setAsks(false)}>
        Keep
      </button>
    </span>
  );
}
