import type { Outcome, RunContext } from '@prefish/core';
import { isFinal, isPrefishError, PrefishError, type Task } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { answerCommand, describeQuestion } from '../submit/task-words.ts';
import { openQuestions, type Question } from './open-questions.ts';
import { referenceTo } from './reference.ts';

/**
 * Answers what a task asks. `words` are the question's id and the answer; the id may be left out where one
 * question is open, and at a terminal the answer too.
 *
 * @throws PREFISH_TASK_STATE when it asks nothing, PREFISH_USAGE for what is no answer
 */
export async function answerQuestion(
  services: Services,
  task: Task,
  words: readonly string[],
  { ask, signal }: RunContext,
): Promise<Outcome> {
  const client = await services.connect(true, signal);
  const open = await openQuestions(client, task.id, signal);
  if (open.length === 0) throw asksNothing(services, await client.get(task.id, signal));
  const question = questionFor(services, open, task, words[0]);
  const said = (words[0] === question.id ? words.slice(1) : words).join(' ');
  const choice = said === '' ? await askForAnswer(services, task, question, ask) : choiceOf(question, said);
  const answered = await client.answer(task.id, question, choice, signal);
  return { type: 'ok', message: 'answered', data: answered };
}

/**
 * What the person at the terminal answers.
 *
 * @throws PREFISH_NO_TTY with what is asked, and the command that answers it
 */
export async function askForAnswer(
  services: Pick<Services, 'servers'>,
  task: Task,
  question: Question,
  ask: RunContext['ask'],
): Promise<string> {
  const { choices } = question;
  const text = printable(question.text);
  try {
    return await (choices.length === 0 ? ask.text(text) : ask.select(text, choices));
  } catch (cause) {
    if (!isPrefishError(cause) || cause.code !== 'PREFISH_NO_TTY') throw cause;
    throw new PrefishError('PREFISH_NO_TTY', describeQuestion(task, question), {
      cause,
      hint: answerCommand(referenceTo(services, task), question),
    });
  }
}

/** Of one whose worker was lost, that it asks again: the question was seen a moment ago. */
function asksNothing(services: Services, task: Task): PrefishError {
  const { number, state, attempt, reason } = task;
  if (isFinal(state))
    return new PrefishError('PREFISH_TASK_STATE', `Task ${number} asks nothing: it has ended, ${state}`);
  if (attempt < 2 && reason !== 'worker-lost')
    return new PrefishError('PREFISH_TASK_STATE', `Task ${number} asks nothing`);
  return new PrefishError(
    'PREFISH_TASK_STATE',
    `Task ${number} asks nothing now: its worker was lost, and it begins again`,
    { hint: `It asks again once it has come so far: prefish tasks wait ${referenceTo(services, task)}` },
  );
}

function questionFor(
  services: Services,
  open: readonly Question[],
  task: Task,
  id: string | undefined,
): Question {
  const named = open.find((question) => question.id === id);
  const [first, second] = open as readonly [Question, Question?];
  if (named === undefined && second !== undefined) {
    throw new PrefishError('PREFISH_USAGE', `Task ${task.number} asks several questions`, {
      hint: open
        .map((question) =>
          printable(`${answerCommand(referenceTo(services, task), question, question.id)}: ${question.text}`),
        )
        .join('\n'),
    });
  }
  return named ?? first;
}

/** The choice that was meant: its number, or its text; case does not matter, and its beginning is enough. */
function choiceOf({ choices }: Question, said: string): string {
  if (choices.length === 0) return said;
  const lower = said.toLowerCase();
  const equal = choices.find((choice) => choice.toLowerCase() === lower);
  const begun = choices.filter((choice) => choice.toLowerCase().startsWith(lower));
  const numbered = /^\d{1,3}$/.test(said) ? choices[Number(said) - 1] : undefined;
  const meant = equal ?? numbered ?? (begun.length === 1 ? begun[0] : undefined);
  if (meant !== undefined) return meant;
  const why = begun.length === 0 ? 'is none of the choices' : 'begins several of the choices';
  throw new PrefishError('PREFISH_USAGE', printable(`“${said}” ${why}`), {
    hint: printable(choices.join(' / ')),
  });
}
