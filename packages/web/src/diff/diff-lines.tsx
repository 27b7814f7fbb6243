import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Chunk } from 'parse-diff';
import { visible, visibleLabel } from '../text/visible.ts';
import { boundChunks } from './bound-chunks.ts';
import { parsePatch } from './parse-patch.ts';
import { type Change, pairs } from './pairs.ts';
import { type Colours, useColours } from './use-colours.ts';

const signs = { normal: ' ', add: '+', del: '−' } as const;

/** A patch of one file, from elsewhere. */
export function DiffLines({ patch }: { readonly patch: string }): JSX.Element {
  const { path, chunks } = useMemo(() => parsePatch(patch), [patch]);
  return <Chunks chunks={chunks} path={path} split={false} />;
}

/** The lines of a file that changed: old and new below one another, or beside. */
export function Chunks({
  chunks: all,
  split,
  path,
}: {
  readonly chunks: readonly Chunk[];
  readonly split: boolean;
  /** The file, by whose name its lines get their colours. */
  readonly path: string;
}): JSX.Element {
  const { chunks, more } = useMemo(() => boundChunks(all), [all]);
  const colours = useColours(chunks, path);
  return (
    <div
      class="diff-scroller"
      tabIndex={0}
      role="group"
      aria-label={`Changed lines of ${visibleLabel(path)}`}
    >
      <table class={split ? 'diff diff-split' : 'diff'}>
        {split && (
          <colgroup>
            <col class="diff-numbers" />
            <col />
            <col class="diff-numbers" />
            <col />
          </colgroup>
        )}
        {chunks.map((chunk, index) => (
          <tbody key={index}>
            <tr class="diff-chunk">
              <td colSpan={split ? 4 : 3}>{visible(chunk.content)}</td>
            </tr>
            {split
              ? pairs(chunk.changes).map((pair, row) => splitRow(pair, row, colours))
              : chunk.changes.map((change, row) => unifiedRow(change, row, colours))}
          </tbody>
        ))}
      </table>
      {more > 0 && <p class="empty">{more.toLocaleString('en')} lines more</p>}
    </div>
  );
}

function unifiedRow(change: Change, index: number, colours: Colours): JSX.Element {
  const { type } = change;
  return (
    <tr key={index} class={`diff-${type}`}>
      <td class="diff-number">{type === 'normal' ? change.ln1 : type === 'del' ? change.ln : ''}</td>
      <td class="diff-number">{type === 'normal' ? change.ln2 : type === 'add' ? change.ln : ''}</td>
      <td class="diff-text" data-sign={signs[type]}>
        {lineOf(change, colours)}
      </td>
    </tr>
  );
}

function splitRow(
  [before, after]: readonly [Change | undefined, Change | undefined],
  index: number,
  colours: Colours,
): JSX.Element {
  return (
    <tr key={index}>
      {side(before, before?.type === 'normal' ? before.ln1 : before?.ln, colours)}
      {side(after, after?.type === 'normal' ? after.ln2 : after?.ln, colours)}
    </tr>
  );
}

function side(change: Change | undefined, number: number | undefined, colours: Colours): JSX.Element {
  const kind = change === undefined ? 'none' : change.type;
  return (
    <>
      <td class={`diff-number diff-${kind}`}>{number ?? ''}</td>
      <td class={`diff-text diff-${kind}`} data-sign={change === undefined ? ' ' : signs[change.type]}>
        {change !== undefined && lineOf(change, colours)}
      </td>
    </>
  );
}

function lineOf(change: Change, colours: Colours): JSX.Element {
  const tokens = colours.get(change);
  const unended = change.unended === true && <small class="diff-unended">no newline at the end</small>;
  return (
    <>
      {tokens === undefined && visible(change.content.slice(1))}
      {tokens?.map(({ text, kind }, index) => (
        <span key={index} class={kind}>
          {text}
        </span>
      ))}
      {unended}
    </>
  );
}
