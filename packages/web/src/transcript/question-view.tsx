import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Markdown } from '../markdown/markdown.tsx';
import { server } from '../server/server.ts';
import { attempt } from '../task/attempt.ts';
import { visibleLabel, visibleText } from '../text/visible.ts';
import type { QuestionBlock } from './blocks.ts';
import { saysNothing, toolParts } from './tool-parts.ts';

/** More than that is no question. */
const mostChoices = 50;

/** A question, with a button for each answer for as long as it is asked. */
export function QuestionView(props: {
  readonly block: QuestionBlock;
  readonly task: string;
  /** Whether the task may still be spoken to. */
  readonly live: boolean;
  /** Whether it waits for an answer. */
  readonly asks: boolean;
}): JSX.Element {
  const { block, task, live, asks } = props;
  const { event, answer } = block;
  const isOver = block.over || !live;
  const isOpen = answer === undefined && !isOver && asks;
  return (
    <section class={`question ${isOpen ? 'question-open' : ''}`} aria-label="Question">
      {(isOpen || !isShownAbove(block)) && <QuestionText block={block} />}
      {answer !== undefined ? (
        <p class="answer">
          {answer.by === 'user' ? 'You' : visibleLabel(answer.by, 40)} answered:{' '}
          <strong>{visibleLabel(answer.choice)}</strong>
        </p>
      ) : isOver ? (
        <p class="answer">Nobody answered.</p>
      ) : (
        isOpen && <Answers event={event} task={task} />
      )}
    </section>
  );
}

/** What is to be run is shown to the letter: Markdown would take some of it for marks. */
function QuestionText({ block: { event, tool } }: { readonly block: QuestionBlock }): JSX.Element {
  const { kind } = (tool?.event.detail ?? {}) as { readonly kind?: unknown };
  if (tool === undefined || kind === 'other' || kind === 'think') return <Markdown text={event.text} />;
  // Some agents write a call as Markdown, in one pair of backticks: these are none of the command's.
  const [, inner = event.text] = /^`([^`]+)`$/.exec(event.text.trim()) ?? [];
  return (
    <p>
      <code>{visibleText(inner)}</code>
    </p>
  );
}

/** Whether the call that it asks for stands above it, with what came of it. */
function isShownAbove({ tool }: QuestionBlock): boolean {
  return tool !== undefined && !saysNothing(toolParts(tool.event.detail, tool.event.title));
}

function Answers(props: { readonly event: QuestionBlock['event']; readonly task: string }): JSX.Element {
  const { event, task } = props;
  const [sent, setSent] = useState<string>();
  const choose = async (choice: string): Promise<void> => {
    setSent(choice);
    if (!(await attempt(() => server.answer(task, event, choice)))) setSent(undefined);
  };
  if (event.choices.length > 0) {
    return (
      <div class="choices">
        {event.choices.slice(0, mostChoices).map((choice, index) => (
          <button key={index} disabled={sent !== undefined} onClick={() => void choose(choice)}>
            {visibleLabel(choice)}
          </button>
        ))}
      </div>
    );
  }
  return (
    <form
      onSubmit={(submitted) => {
        submitted.preventDefault();
        const text = new FormData(submitted.currentTarget).get('answer') as string;
        if (text !== '') void choose(text);
      }}
    >
      <input name="answer" aria-label="Answer" autocomplete="off" disabled={sent !== undefined} />
      <button disabled={sent !== undefined}>Answer</button>
    </form>
  );
}
