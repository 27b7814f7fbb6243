import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { CloseIcon } from '../layout/icon.tsx';
import { mostMatches } from './find.ts';

/** Looks for a text in a transcript: Enter for the next place, Shift+Enter for the one before, Esc to stop. */
export function FindBar(props: {
  readonly query: string;
  readonly found: number;
  readonly at: number;
  readonly onQuery: (text: string) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { query, found, at } = props;
  const input = useRef<HTMLInputElement>(null);
  // What was looked for before can be typed over.
  useLayoutEffect(() => input.current?.select(), []);
  return (
    <div class="find-bar" role="search">
      <input
        ref={input}
        type="search"
        aria-label="Find in the transcript"
        placeholder="Find"
        value={query}
        onInput={({ currentTarget }) => props.onQuery(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') props.onStep(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') props.onClose();
          event.stopPropagation();
        }}
      />
      <span class="found" role="status">
        {query === ''
          ? ''
          : found === 0
            ? 'not found'
            : `${at + 1} of ${found}${found === mostMatches ? '+' : ''}`}
      </span>
      <button class="quiet" aria-label="Previous" onClick={() => props.onStep(-1)}>
        ↑
      </button>
      <button class="quiet" aria-label="Next" onClick={() => props.onStep(1)}>
        ↓
      </button>
      <button class="quiet" aria-label="Stop finding" onClick={props.onClose}>
        <CloseIcon />
      </button>
    </div>
  );
}
