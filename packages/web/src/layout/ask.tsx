import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { registerKeys } from './keys.ts';

/** What a key would do that cannot be undone. */
export interface Asked {
  readonly question: string;
  /** `Yes, cancel` */
  readonly yes: string;
  readonly onYes: () => Promise<unknown>;
}

/** What is asked before it is done; one thing at a time. */
export const asked = signal<Asked | undefined>(undefined);

/** The question before what a key would do. */
export function Ask(): JSX.Element | null {
  return asked.value === undefined ? null : <Question key={asked.value.question} {...asked.value} />;
}

function Question({ question, yes, onYes }: Asked): JSX.Element {
  const keep = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    asked.value = undefined;
  };
  const accept = (): void => {
    close();
    void onYes();
  };
  useLayoutEffect(() => registerKeys({ y: accept, n: close, Escape: close }), []);
  // Whoever asked goes on where they were.
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    keep.current?.focus();
    return () => before?.focus({ preventScroll: true });
  }, []);
  return (
    <div class="ask" role="alertdialog" aria-label={question}>
      <p>{question}</p>
      <span class="asks">
        <button class="danger" onClick={accept} title="y">
          {yes}
        </button>
        <button ref={keep} onClick={close} title="n, Esc">
          Keep
        </button>
      </span>
    </div>
  );
}
