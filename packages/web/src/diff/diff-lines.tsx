import type { JSX } from 'preact';
import type { Chunk } from 'parse-diff';
import { visible } from '../text/visible.ts';
import { chunksOf } from './parse-patch.ts';
import { type Change, pairs } from './pairs.ts';

const signs = { normal: ' ', add: '+', del: '−' } as const;

/** A patch of one file, from elsewhere. */
export function DiffLines({ patch }: { readonly patch: string }): JSX.Element {
  return <Chunks chunks={chunksOf(patch)} split={false} />;
}

/** The lines of a file that changed: old and new below one another, or beside. */
export function Chunks({
  chunks,
  split,
}: {
  readonly chunks: readonly Chunk[];
  readonly split: boolean;
}): JSX.Element {
  return (
    <div class="diff-scroller" tabIndex={0} role="region" aria-label="Changed lines">
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
            {split ? pairs(chunk.changes).map(splitRow) : chunk.changes.map(unifiedRow)}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function unifiedRow(change: Change, index: number): JSX.Element {
  const { type } = change;
  return (
    <tr key={index} class={`diff-${type}`}>
      <td class="diff-number">{type === 'normal' ? change.ln1 : type === 'del' ? change.ln : ''}</td>
      <td class="diff-number">{type === 'normal' ? change.ln2 : type === 'add' ? change.ln : ''}</td>
      <td class="diff-text" data-sign={signs[type]}>
        {visible(change.content.slice(1))}
      </td>
    </tr>
  );
}

function splitRow(
  [before, after]: readonly [Change | undefined, Change | undefined],
  index: number,
): JSX.Element {
  return (
    <tr key={index}>
      {side(before, before?.type === 'normal' ? before.ln1 : before?.ln)}
      {side(after, after?.type === 'normal' ? after.ln2 : after?.ln)}
    </tr>
  );
}

function side(change: Change | undefined, number: number | undefined): JSX.Element {
  const kind = change === undefined ? 'none' : change.type;
  return (
    <>
      <td class={`diff-number diff-${kind}`}>{number ?? ''}</td>
      <td class={`diff-text diff-${kind}`} data-sign={change === undefined ? ' ' : signs[change.type]}>
        {change === undefined ? '' : visible(change.content.slice(1))}
      </td>
    </>
  );
}
