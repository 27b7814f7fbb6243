import { isFinal, type Task, type TaskDiff } from '@prefish/protocol';
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { server } from '../server/server.ts';
import { attempt } from '../task/attempt.ts';
import { visibleLabel } from '../text/visible.ts';
import { Chunks } from './diff-lines.tsx';
import { type FilePatch, filePatches, longestPatch } from './parse-patch.ts';

/** Old and new beside one another, for all tasks alike. */
const split = signal(false);
/** How often the changes of a running task are looked at, in milliseconds. */
const interval = 2000;
/** What is open from the start. */
const openFiles = 20;
const openLines = 400;

/** What a task changed, or has changed so far. */
export function DiffView({ task }: { readonly task: Task }): JSX.Element {
  const { id, state, number } = task;
  const [diff, setDiff] = useState<TaskDiff>();
  const live = !isFinal(state);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let shown = '';
    let gone = false;
    const load = async (): Promise<void> => {
      if (document.visibilityState === 'visible') {
        await attempt(async () => {
          const read = live ? await server.liveDiff(id) : await server.diff(id);
          if (gone || read.patch === shown) return;
          shown = read.patch;
          setDiff(read);
        });
      }
      if (live && !gone) timer = setTimeout(() => void load(), interval);
    };
    void load();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [id, live]);

  const patches = useMemo(() => (diff === undefined ? [] : filePatches(diff)), [diff]);

  if (diff === undefined) return <p class="empty">Loading…</p>;
  if (diff.files.length === 0)
    return <p class="empty">{live ? 'Nothing has changed yet.' : 'The task changed nothing.'}</p>;
  return (
    <div class="diff-files" tabIndex={0} role="region" aria-label="Changes">
      <div class="diff-tools">
        <span>
          {diff.files.length} {diff.files.length === 1 ? 'file' : 'files'}
          {live && ' so far'}
        </span>
        <label>
          <input
            type="checkbox"
            checked={split.value}
            onChange={({ currentTarget }) => {
              split.value = currentTarget.checked;
            }}
          />{' '}
          Side by side
        </label>
      </div>
      {diff.patch.length > longestPatch && (
        <p class="callout callout-warning">
          The changes are too long to be shown here: <code>prefish tasks diff {number}</code>
        </p>
      )}
      {patches.map((patch, index) => (
        <FileDiff key={patch.file.path} patch={patch} open={index < openFiles} />
      ))}
    </div>
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
