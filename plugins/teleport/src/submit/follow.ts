import { exitCodeOf, exitOf, exitOfTask, type Outcome, type RunContext } from '@prefish/core';
import { isPrefishError, type AnyErrorCode, type Event, type Task } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import type { Services } from '../services.ts';
import { askForAnswer } from '../source/answer-question.ts';
import { openQuestions, type Question } from '../source/open-questions.ts';
import { referenceTo } from '../source/reference.ts';
import { taskEvents } from '../source/task-events.ts';
import { sayStatus } from './status.ts';
import { answerCommand, describeEnd, describeQuestion } from './task-words.ts';

/** As {@link followToEnd}, one after the other; ends with 0 when all of several have completed, else with 1. */
export async function followAllToEnd(
  services: Services,
  tasks: readonly Task[],
  context: RunContext,
): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const task of tasks) {
    const outcome = await followToEnd(services, task, context);
    if (tasks.length === 1) return outcome;
    if (outcome.type === 'ok' && outcome.message) sayStatus(context, outcome.message);
    outcomes.push(outcome);
  }
  const failed = outcomes.some((outcome) => exitCodeOf(exitOf(outcome)) !== 0);
  const data = outcomes.map((outcome) => (outcome.type === 'ok' ? outcome.data : undefined));
  return { type: 'ok', data, exit: { code: failed ? 1 : 0 } };
}

/**
 * `--wait`: shows what the task does until it has ended, and ends as it ended. What the task asks, the person at
 * the terminal answers; where nobody is there it ends with 1, as `tasks wait` does. Interrupting it leaves the
 * task running.
 */
async function followToEnd(services: Services, task: Task, context: RunContext): Promise<Outcome> {
  const { signal, terminal } = context;
  const client = await services.connect(true, signal);
  try {
    const query = { after: 0, follow: true, called: String(task.number) };
    for await (const event of taskEvents(services, task.id, query, signal)) {
      const question = await show(event, client, task, context);
      if (question === undefined || (await answered(services, question, client, task, context))) continue;
      const asking = await client.get(task.id, signal);
      return { type: 'ok', data: asking, message: '', exit: { code: 1 } };
    }
  } catch (error) {
    if (signal.aborted || hasCode(error, 'PREFISH_INTERRUPTED')) {
      sayStatus(context, `task ${task.number} goes on (${task.id})`);
    }
    throw error;
  }
  const ended = await client.get(task.id, signal);
  if (terminal === undefined) sayStatus(context, describeEnd(ended));
  return {
    type: 'ok',
    data: ended,
    ...(terminal === undefined ? {} : { message: describeEnd(ended) }),
    exit: exitOfTask(ended),
  };
}

/** Shows an event. Returns the question that it puts, unless that was answered by now. */
async function show(
  event: Event,
  client: ServerClient,
  task: Task,
  { out, signal, terminal }: RunContext,
): Promise<Question | undefined> {
  // At a terminal a question is shown where it is answered.
  if (event.type !== 'question' || terminal === undefined) out.record({ ...event, task: task.id });
  await out.drain();
  if (event.type !== 'question') return undefined;
  return (await openQuestions(client, task.id, signal)).find(({ id }) => id === event.id);
}

/** Whether a question was answered; where nobody can be asked, how to answer it is said. */
async function answered(
  services: Services,
  question: Question,
  client: ServerClient,
  task: Task,
  context: RunContext,
): Promise<boolean> {
  try {
    const choice = await askForAnswer(services, task, question, context.ask);
    await client.answer(task.id, question, choice, context.signal);
  } catch (error) {
    if (hasCode(error, 'PREFISH_NO_TTY')) {
      sayStatus(
        context,
        `${describeQuestion(task, question)}\n  ${answerCommand(referenceTo(services, task), question)}`,
      );
      return false;
    }
    // Somebody else was faster, or the task has ended meanwhile.
    if (!hasCode(error, 'PREFISH_TASK_STATE')) throw error;
  }
  return true;
}

function hasCode(error: unknown, code: AnyErrorCode): boolean {
  return isPrefishError(error) && error.code === code;
}
