import type { JSX } from 'preact';
import { visibleLabel } from '../text/visible.ts';
import { Chunks } from './diff-lines.tsx';
import type { FilePatch } from './parse-patch.ts';

/** A file that changed: a line that opens to how. */
export function FileDiff(props: {
  readonly patch: FilePatch;
  readonly id: string;
  readonly open: boolean;
  readonly split: boolean;
  readonly onToggle: (open: boolean) => void;
}): JSX.Element {
  const { patch, id, open, split, onToggle } = props;
  const { file, chunks, binary, marks, risk } = patch;
  return (
    <details
      id={id}
      class="file-diff"
      open={open}
      onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
    >
      <summary>
        <span class="file-name">
          <code>{fileName(file)}</code>
          {risk !== undefined && <small class="risk">{visibleLabel(risk)}</small>}
        </span>
        {marks.map((mark) => (
          <span key={mark} class="badge">
            {mark}
          </span>
        ))}
        {binary && <span class="badge">binary</span>}
        {file.status !== 'modified' && <span class="badge">{file.status}</span>}
        {(file.insertions > 0 || file.deletions > 0) && <Counts {...file} />}
      </summary>
      {open &&
        (chunks.length > 0 ? (
          <Chunks chunks={chunks} split={split} path={file.path} />
        ) : (
          <p class="empty">{withoutLines(patch)}</p>
        ))}
    </details>
  );
}

/** What a file is called, and was. */
export function fileName({ path, from }: FilePatch['file']): string {
  return from === undefined ? visibleLabel(path) : `${visibleLabel(from)} → ${visibleLabel(path)}`;
}

/** How much came and went. */
export function Counts(props: { readonly insertions: number; readonly deletions: number }): JSX.Element {
  return (
    <span class="counts">
      <ins>+{props.insertions.toLocaleString('en')}</ins> <del>−{props.deletions.toLocaleString('en')}</del>
    </span>
  );
}

function withoutLines({ binary, marks, file }: FilePatch): string {
  if (binary) return 'It is binary: there are no lines to show.';
  if (file.status === 'renamed') return 'Its name changed, and nothing in it.';
  if (file.status === 'added' || file.status === 'deleted') return 'It is empty.';
  return marks.length > 0 ? 'Its mode changed, and nothing in it.' : 'Its lines are not shown here.';
}
