import { sanitize } from '@prefish/screen';
import type { JSX } from 'preact';
import { DiffLines } from '../diff/diff-lines.tsx';
import { visible, visibleLabel } from '../text/visible.ts';
import { ansiLines } from './ansi-line.tsx';
import type { ToolBlock } from './blocks.ts';

const marks: Readonly<Record<string, string>> = {
  pending: '◌',
  in_progress: '●',
  completed: '✓',
  failed: '✗',
};
/** What is shown of what a tool printed, in characters. */
const longest = 100_000;

/** A call of a tool: a line that opens to what it did. */
export function ToolView({ event }: { readonly event: ToolBlock['event'] }): JSX.Element {
  const { title, status, detail } = event;
  const { diff, output, rest } = partsOf(detail);
  const head = (
    <>
      <span
        class={`tool-mark tool-${status in marks ? status : 'other'}`}
        role="img"
        aria-label={visibleLabel(status)}
      >
        {marks[status] ?? '·'}
      </span>{' '}
      <span class="tool-title">{visibleLabel(title)}</span>
      {!(status in marks) && <small> {visibleLabel(status, 40)}</small>}
    </>
  );
  if (diff === '' && output === '' && rest === '') return <div class="tool">{head}</div>;
  return (
    <details class="tool" open={diff !== '' && diff.length < 4000}>
      <summary>{head}</summary>
      {diff !== '' && <DiffLines patch={diff} />}
      {output !== '' && (
        <pre class="output" tabIndex={0} aria-label="Output">
          {ansiLines(sanitize(output).split('\n'), '').map((line, index) => (
            <span key={index} class="line">
              {line}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
      {rest !== '' && (
        <pre class="output" tabIndex={0} aria-label="Details">
          {visible(rest)}
        </pre>
      )}
    </details>
  );
}

function partsOf(detail: unknown): { readonly diff: string; readonly output: string; readonly rest: string } {
  if (typeof detail !== 'object' || detail === null) {
    return { diff: '', output: typeof detail === 'string' ? detail.slice(0, longest) : '', rest: '' };
  }
  const { diff, output, ...others } = detail as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string =>
    typeof value === 'string' ? value.trimEnd().slice(0, longest) : '';
  const rest = Object.keys(others).length === 0 ? '' : JSON.stringify(others, undefined, 2).slice(0, longest);
  return { diff: text(diff), output: text(output), rest };
}
