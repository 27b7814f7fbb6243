import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { server } from '../server/server.ts';
import { attempt } from '../task/attempt.ts';
import { visibleLabel, visibleText } from '../text/visible.ts';
import type { QuestionBlock } from './blocks.ts';

/** More than that is no question. */
const mostChoices = 50;

/** A question, with a button for each answer until there is one. */
export function QuestionView(props: {
  readonly event: QuestionBlock['event'];
  readonly answer: QuestionBlock['answer'];
  readonly task: string;
  readonly live: boolean;
}): JSX.Element {
  const { event, answer, task, live } = props;
  const [sent, setSent] = useState<string>();
  const choose = async (choice: string): Promise<void> => {
    setSent(choice);
    if (!(await attempt(() => server.answer(task, event, choice)))) setSent(undefined);
  };
  return (
    <section class={`question ${answer === undefined && live ? 'question-open' : ''}`} aria-label="Question">
      <p>{visibleText(event.text)}</p>
      {answer !== undefined ? (
        <p class="answer">
          → {visibleLabel(answer.choice)} <small>{visibleLabel(answer.by)}</small>
        </p>
      ) : !live ? (
        <p class="answer">Nobody answered.</p>
      ) : event.choices.length > 0 ? (
        <div class="choices">
          {event.choices.slice(0, mostChoices).map((choice) => (
            <button key={choice} disabled={sent !== undefined} onClick={() => void choose(choice)}>
              {visibleLabel(choice)}
            </button>
          ))}
        </div>
      ) : (
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
      )}
    </section>
  );
}
