import type { TaskState } from '@prefish/protocol';
import { sanitize } from '@prefish/screen';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { DiffLines } from '../diff/diff-lines.tsx';
import { StateMark } from '../tasks/state-mark.tsx';
import { visible, visibleLabel } from '../text/visible.ts';
import { AnsiText, ansiLines } from './ansi-line.tsx';
import type { ToolBlock } from './blocks.ts';
import { saysNothing, toolParts } from './tool-parts.ts';

const marks: Readonly<Record<string, TaskState>> = {
  pending: 'submitted',
  in_progress: 'working',
  completed: 'completed',
  failed: 'failed',
};
/** How many lines are shown of what a tool printed. */
const mostLines = 2000;
/** A change of so many characters is open from the start. */
const shortDiff = 4000;

/** A call of a tool: a line that opens to what it did. What failed is open. Drawn anew when it has changed. */
export function ToolView({ block: { event, asked } }: { readonly block: ToolBlock }): JSX.Element {
  return useMemo(() => <Tool event={event} asked={asked} />, [event, asked]);
}

function Tool({ event, asked }: Pick<ToolBlock, 'event' | 'asked'>): JSX.Element | null {
  const { title, status, detail } = event;
  const parts = toolParts(detail, title);
  const { paths, diff, output, exit, rest } = parts;
  // The question beside it says all that there is to say.
  if (asked && saysNothing(parts)) return null;
  const isKnown = Object.hasOwn(marks, status);
  const head = (
    <>
      <StateMark state={marks[isKnown ? status : ''] ?? 'unknown'} />
      <span class="tool-title">{visibleLabel(title)}</span>
      {isKnown ? (
        <span class="unseen">{status.replace('_', ' ')}</span>
      ) : (
        <small>{visibleLabel(status, 40)}</small>
      )}
      {exit !== undefined && exit !== 0 && <small class="tool-exit">exit code {exit}</small>}
    </>
  );
  if (saysNothing(parts)) return <div class="tool tool-head">{head}</div>;
  return (
    <details class="tool" open={status === 'failed' || (diff !== '' && diff.length < shortDiff)}>
      <summary class="tool-head">{head}</summary>
      {paths.length > 0 && <Paths paths={paths} />}
      {diff !== '' && <DiffLines patch={diff} />}
      {output !== '' && <ToolOutput text={output} />}
      {rest !== '' && (
        <details class="opens tool-rest">
          <summary>More</summary>
          <pre class="output" tabIndex={0} aria-label="Details">
            {visible(rest)}
          </pre>
        </details>
      )}
    </details>
  );
}

function Paths({ paths }: { readonly paths: readonly string[] }): JSX.Element {
  return (
    <ul class="tool-paths" aria-label="Files">
      {paths.map((path, index) => (
        <li key={index}>
          <code>{visibleLabel(path)}</code>
        </li>
      ))}
    </ul>
  );
}

function ToolOutput({ text }: { readonly text: string }): JSX.Element {
  const lines = sanitize(text).split('\n');
  const more = lines.length - mostLines;
  return (
    <pre class="output" tabIndex={0} aria-label="Output">
      {ansiLines(lines.slice(0, mostLines), '').map((tokens, index) => (
        <span key={index} class="line">
          <AnsiText tokens={tokens} />
          {'\n'}
        </span>
      ))}
      {more > 0 && <em>… {more.toLocaleString('en')} lines more</em>}
    </pre>
  );
}
