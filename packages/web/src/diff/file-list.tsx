import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Counts, fileName } from './file-diff.tsx';
import type { FilePatch } from './parse-patch.ts';

/** How many files there are, which opens to their names; each leads to its changes. */
export function FileList(props: {
  readonly patches: readonly FilePatch[];
  /** `42 files`. */
  readonly words: string;
  readonly onGo: (index: number) => void;
}): JSX.Element {
  const { patches, words, onGo } = props;
  const list = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  const close = (): void => {
    if (list.current !== null) list.current.open = false;
  };
  return (
    <details
      class="opens file-list"
      ref={list}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || list.current?.open !== true) return;
        event.stopPropagation();
        close();
        list.current.querySelector('summary')?.focus();
      }}
    >
      <summary>{words}</summary>
      <ul aria-label="Files">
        {(open ? patches : []).map(({ file }, index) => (
          <li key={file.path}>
            <button
              class="quiet"
              onClick={() => {
                close();
                onGo(index);
              }}
            >
              <code>{fileName(file)}</code>
              {(file.insertions > 0 || file.deletions > 0) && <Counts {...file} />}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
