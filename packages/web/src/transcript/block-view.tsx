import type { JSX } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import type { TaskState } from '@prefish/protocol';
import { StateMark } from '../tasks/state-mark.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import { visibleLabel, visibleText } from '../text/visible.ts';
import type { Block, PlanBlock, ProgressBlock, TextBlock, TurnBlock } from './blocks.ts';
import { NoteView } from './note-view.tsx';
import { OutputView } from './output-view.tsx';
import { QuestionView } from './question-view.tsx';
import { ToolView } from './tool-view.tsx';

/** What is shown of a part of what somebody said, in characters: all of it. */
const longestSaid = 100_000;

interface BlockProps {
  readonly block: Block;
  /** The id of its task. */
  readonly task: string;
  /** Whether the task may still be spoken to. */
  readonly live: boolean;
  /** Whether it waits for an answer. */
  readonly asks: boolean;
}

/** One part of a transcript. What cannot be drawn takes no other part with it. */
export function BlockView(props: BlockProps): JSX.Element {
  return (
    <Boundary>
      <KindOfBlock {...props} />
    </Boundary>
  );
}

function Boundary({ children }: { readonly children: JSX.Element }): JSX.Element {
  const [error] = useErrorBoundary();
  if (error === undefined) return children;
  return <p class="note">This part cannot be shown; the raw log may have it.</p>;
}

function KindOfBlock({ block, task, live, asks }: BlockProps): JSX.Element | null {
  switch (block.kind) {
    case 'output':
      return <OutputView block={block} />;
    case 'message':
    case 'thought':
      return <TextView block={block} />;
    case 'turn':
      return <TurnView block={block} />;
    case 'tool':
      return <ToolView block={block} />;
    case 'plan':
      return <PlanView block={block} />;
    case 'question':
      return <QuestionView block={block} task={task} live={live} asks={asks} />;
    case 'progress':
      return <ProgressView block={block} />;
    case 'note':
      return <NoteView block={block} />;
  }
}

function TextView({ block }: { readonly block: TextBlock }): JSX.Element {
  const { kind, role, continues, text, waits } = block;
  if (kind === 'thought') {
    return (
      <details class="thought opens">
        <summary>{continues ? 'Thought, continued' : 'Thought'}</summary>
        <Markdown text={text} />
      </details>
    );
  }
  return (
    <article
      class={`message message-${role} ${continues ? 'message-continues' : ''}`}
      aria-label={role === 'user' ? 'You' : 'Agent'}
    >
      {role === 'user' ? <div class="said">{visibleText(text, longestSaid)}</div> : <Markdown text={text} />}
      {waits && <small class="waits">It hears this when it is done with what it does now.</small>}
    </article>
  );
}

/** Between two answers: what the next one is to. */
function TurnView({ block }: { readonly block: TurnBlock }): JSX.Element {
  return (
    <p class="turn">
      <span>
        On <q>{visibleLabel(block.message, 120)}</q>
      </span>
    </p>
  );
}

const planMarks: Readonly<Record<string, TaskState>> = {
  pending: 'submitted',
  'in-progress': 'working',
  completed: 'completed',
};
/** How many entries of a plan are shown. */
const mostEntries = 200;

function PlanView({ block }: { readonly block: PlanBlock }): JSX.Element {
  const more = block.entries.length - mostEntries;
  return (
    <section class="plan" aria-label="Plan">
      <ol>
        {block.entries.slice(0, mostEntries).map(({ text, status }, index) => (
          <li key={index} class={`plan-${status}`}>
            <StateMark state={planMarks[status] ?? 'unknown'} />
            <span>
              {visibleLabel(text)} <span class="unseen">({status})</span>
            </span>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="hint">and {more.toLocaleString('en')} more</p>}
    </section>
  );
}

function ProgressView({ block: { event } }: { readonly block: ProgressBlock }): JSX.Element {
  const { what, done, total } = event;
  return (
    <div class="progress">
      <span>{visibleLabel(what)}</span>
      {total === undefined ? (
        <span>{done}</span>
      ) : (
        <progress value={done} max={total} aria-label={visibleLabel(what)} />
      )}
    </div>
  );
}
