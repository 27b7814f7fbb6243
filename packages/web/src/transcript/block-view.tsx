import type { JSX } from 'preact';
import { Markdown } from '../markdown/markdown.tsx';
import { visible, visibleLabel } from '../text/visible.ts';
import type { Block, PlanBlock, ProgressBlock, TextBlock } from './blocks.ts';
import { NoteView } from './note-view.tsx';
import { OutputView } from './output-view.tsx';
import { QuestionView } from './question-view.tsx';
import { ToolView } from './tool-view.tsx';

/** One part of a transcript. */
export function BlockView({
  block,
  task,
  live,
}: {
  readonly block: Block;
  /** The id of its task. */
  readonly task: string;
  /** Whether the task may still be spoken to. */
  readonly live: boolean;
}): JSX.Element {
  switch (block.kind) {
    case 'output':
      return <OutputView block={block} />;
    case 'message':
    case 'thought':
      return <TextView block={block} />;
    case 'tool':
      return <ToolView event={block.event} />;
    case 'plan':
      return <PlanView block={block} />;
    case 'question':
      return <QuestionView event={block.event} answer={block.answer} task={task} live={live} />;
    case 'progress':
      return <ProgressView block={block} />;
    case 'note':
      return <NoteView block={block} />;
  }
}

function TextView({ block: { kind, role, text } }: { readonly block: TextBlock }): JSX.Element {
  if (kind === 'thought') {
    return (
      <details class="thought">
        <summary>Thought</summary>
        <Markdown text={text} />
      </details>
    );
  }
  return (
    <article class={`message message-${role}`} aria-label={role === 'user' ? 'You' : 'Agent'}>
      {role === 'user' ? <div class="said">{visible(text)}</div> : <Markdown text={text} />}
    </article>
  );
}

const planMarks = { pending: '○', 'in-progress': '◐', completed: '●' } as const;

function PlanView({ block }: { readonly block: PlanBlock }): JSX.Element {
  return (
    <section class="plan" aria-label="Plan">
      <ol>
        {block.entries.map(({ text, status }, index) => (
          <li key={index} class={`plan-${status}`}>
            <span role="img" aria-label={status}>
              {planMarks[status]}
            </span>{' '}
            {visibleLabel(text)}
          </li>
        ))}
      </ol>
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
