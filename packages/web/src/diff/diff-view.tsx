import { isFinal, type Task } from '@prefish/protocol';
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Away } from '../layout/away.tsx';
import { online } from '../server/connection.ts';
import { visibleLabel } from '../text/visible.ts';
import { Counts, FileDiff } from './file-diff.tsx';
import { FileList } from './file-list.tsx';
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
  /** What somebody opened or closed, by path. */
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  if (diff === undefined) return online.value ? <p class="empty">Loading…</p> : <Away />;
  if (patches.length === 0) return <p class="empty">{live ? 'Nothing has changed yet.' : noneOf(task)}</p>;
  const shown = patches.slice(0, mostFiles);
  const isOpen = ({ file }: FilePatch, index: number): boolean =>
    toggled.get(file.path) ?? (index < openFiles && file.insertions + file.deletions <= openLines);
  const setAll = (open: boolean): void => setToggled(new Map(shown.map(({ file }) => [file.path, open])));
  const set = (path: string, open: boolean): void => setToggled((before) => new Map(before).set(path, open));
  const anyOpen = shown.some(isOpen);
  return (
    <div class="diff-files" tabIndex={0} role="region" aria-label="Changes">
      <div class="diff-tools">
        <FileList
          patches={shown}
          words={`${patches.length.toLocaleString('en')} ${patches.length === 1 ? 'file' : 'files'}${live ? ' so far' : ''}`}
          onGo={(index) => {
            set(shown[index]!.file.path, true);
            const file = document.getElementById(idOf(index));
            file?.scrollIntoView({ block: 'start', behavior: 'instant' });
            file?.querySelector('summary')?.focus({ preventScroll: true });
          }}
        />
        <Counts
          insertions={sumOf(patches, ({ file }) => file.insertions)}
          deletions={sumOf(patches, ({ file }) => file.deletions)}
        />
        <button class="quiet" onClick={() => setAll(!anyOpen)}>
          {anyOpen ? 'Collapse all' : 'Expand all'}
        </button>
        <span class="segments" role="group" aria-label="How lines are shown">
          <Segment name="Unified" is={false} />
          <Segment name="Split" is={true} />
        </span>
      </div>
      <Risks patches={patches} />
      {(diff.cut !== undefined || diff.patch.length > longestPatch || patches.length > mostFiles) && (
        <p class="callout callout-warning">
          {patches.length > mostFiles
            ? `Here are the first ${mostFiles.toLocaleString('en')} files; all of them:`
            : 'The changes are too long to be all shown here:'}{' '}
          <code>prefish tasks diff {task.number}</code>
        </p>
      )}
      {shown.map((patch, index) => (
        <FileDiff
          key={patch.file.path}
          id={idOf(index)}
          patch={patch}
          open={isOpen(patch, index)}
          split={split.value}
          onToggle={(open) => {
            if (open !== isOpen(patch, index)) set(patch.file.path, open);
          }}
        />
      ))}
    </div>
  );
}

/** Why there is nothing of a task that has ended. */
function noneOf({ reason }: Task): string {
  return reason === 'worker-lost'
    ? 'What the task changed was lost with its server or worker. Retry runs it again.'
    : 'The task changed nothing.';
}

/** What to look at before the changes are applied, in the words of `prefish tasks apply`. */
function Risks({ patches }: { readonly patches: readonly FilePatch[] }): JSX.Element | null {
  const risky = patches.filter(({ risk }) => risk !== undefined);
  if (risky.length === 0) return null;
  return (
    <div class="callout callout-warning" role="note" aria-label="Look before you apply">
      <p>Look at these before you apply them:</p>
      <ul>
        {risky.slice(0, 20).map(({ file, risk }) => (
          <li key={file.path}>
            <code>{visibleLabel(file.path)}</code> {visibleLabel(risk!)}
          </li>
        ))}
        {risky.length > 20 && <li>and {risky.length - 20} more</li>}
      </ul>
    </div>
  );
}

const idOf = (index: number): string => `file-${index}`;

function sumOf(patches: readonly FilePatch[], of: (patch: FilePatch) => number): number {
  return patches.reduce((sum, patch) => sum + of(patch), 0);
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
