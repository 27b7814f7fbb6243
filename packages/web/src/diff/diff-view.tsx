import { isFinal, type Task } from '@prefish/protocol';
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Away } from '../layout/away.tsx';
import { online } from '../server/connection.ts';
import { visibleLabel } from '../text/visible.ts';
import { Chunks } from './diff-lines.tsx';
import { type FilePatch, filePatches, longestPatch } from './parse-patch.ts';
import { useDiff } from './use-diff.ts';

/** Old and new beside one another, for all tasks alike. */
const split = signal(false);
/** What is open from the start. */
const openFiles = 20;
const openLines = 400;
/** How many files are listed; the terminal has the rest. */
const mostFiles = 2000;

/** What a task changed, or has changed so far. */
export function DiffView({ task }: { readonly task: Task }): JSX.Element {
  const diff = useDiff(task);
  const live = !isFinal(task.state);
  const patches = useMemo(() => (diff === undefined ? [] : filePatches(diff)), [diff]);
  if (diff === undefined) return online.value ? <p class="empty">Loading…</p> : <Away />;
  if (diff.files.length === 0)
    return <p class="empty">{live ? 'Nothing has changed yet.' : 'The task changed nothing.'}</p>;
  return (
    <div class="diff-files" tabIndex={0} role="region" aria-label="Changes">
      <div class="diff-tools">
        <span>
          {diff.files.length.toLocaleString('en')} {diff.files.length === 1 ? 'file' : 'files'}
          {live && ' so far'}
        </span>
        <span class="segments" role="group" aria-label="How lines are shown">
          <Segment name="Unified" is={false} />
          <Segment name="Split" is={true} />
        </span>
      </div>
      {(diff.patch.length > longestPatch || patches.length > mostFiles) && (
        <p class="callout callout-warning">
          The changes are too long to be all shown here: <code>prefish tasks diff {task.number}</code>
        </p>
      )}
      {patches.slice(0, mostFiles).map((patch, index) => (
        <FileDiff key={patch.file.path} patch={patch} open={index < openFiles} />
      ))}
    </div>
  );
}

function Segment({ name, is }: { readonly name: string; readonly is: boolean }): JSX.Element {
  return (
    <button
      aria-pressed={split.value === is}
      onClick={() => {
        split.value = is;
      }}
    >
      {name}
    </button>
  );
}

function FileDiff({
  patch,
  open: first,
}: {
  readonly patch: FilePatch;
  readonly open: boolean;
}): JSX.Element {
  const { file, chunks, bare } = patch;
  const { path, insertions, deletions, status } = file;
  const [open, setOpen] = useState(first && insertions + deletions <= openLines);
  return (
    <details class="file-diff" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <code>{visibleLabel(path)}</code>
        {status !== 'modified' && <span class="badge">{status}</span>}
        <span class="counts">
          <ins>+{insertions}</ins> <del>−{deletions}</del>
        </span>
      </summary>
      {open &&
        (bare ? (
          <p class="empty">No lines to show: it is binary, or only its mode changed.</p>
        ) : (
          <Chunks chunks={chunks} split={split.value} path={path} />
        ))}
    </details>
  );
}
