import { sanitize } from '@prefish/screen';
import type { JSX } from 'preact';
import { DiffLines } from '../diff/diff-lines.tsx';
import type { TaskState } from '@prefish/protocol';
import { StateMark } from '../tasks/state-mark.tsx';
import { visible, visibleLabel } from '../text/visible.ts';
import { ansiLines } from './ansi-line.tsx';
import type { ToolBlock } from './blocks.ts';
import { toolParts } from './tool-parts.ts';

const marks: Readonly<Record<string, TaskState>> = {
  pending: 'submitted',
  in_progress: 'working',
  completed: 'completed',
  failed: 'failed',
};
/** How many lines are shown of what a tool printed. */
const mostLines = 2000;

/** A call of a tool: a line that opens to what it did. */
export function ToolView({ event }: { readonly event: ToolBlock['event'] }): JSX.Element {
  const { title, status, detail } = event;
  const { diff, output, rest } = toolParts(detail);
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
    </>
  );
  if (diff === '' && output === '' && rest === '') return <div class="tool tool-head">{head}</div>;
  return (
    <details class="tool" open={diff !== '' && diff.length < 4000}>
      <summary class="tool-head">{head}</summary>
      {diff !== '' && <DiffLines patch={diff} />}
      {output !== '' && <ToolOutput text={output} />}
      {rest !== '' && (
        <pre class="output" tabIndex={0} aria-label="Details">
          {visible(rest)}
        </pre>
      )}
    </details>
  );
}

function ToolOutput({ text }: { readonly text: string }): JSX.Element {
  const lines = sanitize(text).split('\n');
  const more = lines.length - mostLines;
  return (
    <pre class="output" tabIndex={0} aria-label="Output">
      {ansiLines(lines.slice(0, mostLines), '').map((line, index) => (
        <span key={index} class="line">
          {line}
          {'\n'}
        </span>
      ))}
      {more > 0 && <em>… {more.toLocaleString('en')} lines more</em>}
    </pre>
  );
}
