import {
  errorMessage,
  exitOfTask,
  isPrefishError,
  PrefishError,
  type Args,
  type FoundTask,
  type Outcome,
  type RunContext,
  type Task,
  type TaskSource,
} from '@prefish/core';
import { isFinal } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import { Changes } from '../live/changes.ts';
import { questionWords } from '../format/question-words.ts';
import { formattingFor, taskLine } from '../format/table.ts';
import { referenceTo } from '../format/task-status.ts';
import { isUnsent, KeptLine, whyKept } from '../live/kept-line.ts';
import { whileAway } from '../live/while-away.ts';
import type { TaskNews } from '../news/task-news.ts';
import { openQuestion } from '../open-question.ts';
import { findTaskOnceBack } from './find-task.ts';
import { seconds } from './numbers.ts';
import { reply } from './reply.ts';

/** How often a source is asked, in milliseconds: one that tells of changes, and one that does not. */
const pollEvery = { watched: 2000, unwatched: 200 };

/**
 * `tasks wait ID…`: `[Task]` once each has ended, or asks something. The exit code is the one task's
 * own, as `!` would have had it; for several 0 when all completed, else 1.
 *
 * @throws PREFISH_WAIT_TIMEOUT
 */
export async function runWait(
  { values, positionals }: Args,
  context: RunContext,
  news: Pick<TaskNews, 'shown'>,
): Promise<Outcome> {
  const timeout = seconds('timeout', values['timeout']);
  const enough = timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
  const signal = enough === undefined ? context.signal : AbortSignal.any([context.signal, enough]);
  const end = performance.now() + (timeout ?? 0) * 1000;
  const leftMs = (): number | undefined => (timeout === undefined ? undefined : end - performance.now());
  const found: FoundTask[] = [];
  for (const reference of positionals)
    found.push(await findTaskOnceBack(reference, 'wait', context, leftMs()));
  const waiting = new Map(found.map(({ task }) => [task.id, task]));
  try {
    const tasks = await Promise.all(
      found.map(async (one) => {
        const task = await settled(one, signal, leftMs(), context, (now) => waiting.set(now.id, now));
        waiting.delete(task.id);
        news.shown(task);
        return task;
      }),
    );
    const exit = tasks.length === 1 ? exitOfTask(tasks[0]!) : { code: tasks.every(isCompleted) ? 0 : 1 };
    const formatting = formattingFor(context);
    const questions = await Promise.all(
      found.map(({ source }, at) => asked({ source, task: tasks[at]! }, context.shell.tasks.sources, signal)),
    );
    return {
      ...reply(values, tasks, () =>
        tasks.map((task, at) => `${taskLine(task, formatting)}${questions[at]}`).join('\n'),
      ),
      exit,
    };
  } catch (cause) {
    if (context.signal.aborted || enough?.aborted !== true) throw cause;
    throw new PrefishError(
      'PREFISH_WAIT_TIMEOUT',
      `Not ended after ${timeout} s: ${[...waiting.keys()].join(', ')}`,
      { cause, hint: howItGoesOn([...waiting.values()]) },
    );
  }
}

/** Of tasks that were waited for no longer: those that a server has go on. */
function howItGoesOn(tasks: readonly Task[]): string {
  const kept = tasks.filter((task) => whyKept(task) !== undefined).map(({ id }) => sanitizeLabel(id));
  const again = `prefish tasks wait ${tasks.map(({ id }) => sanitizeLabel(id)).join(' ')}`;
  if (kept.length === 0) return `They go on. ${again}`;
  const unsent = `${kept.join(', ')} ${kept.length === 1 ? 'was' : 'were'} not sent yet`;
  return `${unsent}${kept.length < tasks.length ? '; the others go on' : ''}. ${again}`;
}

/** The task once it needs nobody's waiting any more. */
async function settled(
  { task, source }: FoundTask,
  signal: AbortSignal,
  patienceMs: number | undefined,
  { out }: Pick<RunContext, 'out'>,
  seen: (now: Task) => void,
): Promise<Task> {
  // Who gives a time waits for so long.
  const kept = new KeptLine(out, patienceMs === undefined ? undefined : Infinity);
  // A server that closes says what becomes of its tasks, and cannot be asked any more.
  let told: Task | undefined;
  using changes = new Changes(source, signal, (changed) => {
    if (changed.id === task.id) told = changed;
  });
  let isTold = false;
  const tell = (error: Error & { readonly code: string }): void => {
    const unknown = `what becomes of task ${referenceTo(task)} is known once it does, and waited for`;
    if (!isTold) out.warn(error.code, `${errorMessage(error).replace(/\.$/, '')}; ${unknown}`);
    isTold = true;
  };
  for (let current = task; ;) {
    if (isSettled(current)) return current;
    seen(current);
    kept.look(current);
    // To look at one that is kept here tries to send it.
    const isPatient = source.watch !== undefined || isUnsent(current);
    await changes.next(isPatient ? pollEvery.watched : pollEvery.unwatched);
    if (told !== undefined && isFinal(told.state)) return told;
    const now = await whileAway(() => source.get(task.id, signal), { signal, patienceMs, tell }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw givenUp(task, error);
      },
    );
    if (now === undefined) {
      throw new PrefishError(
        'PREFISH_TASK_NOT_FOUND',
        `The task ${task.id} was removed while it was waited for`,
      );
    }
    current = now;
  }
}

function givenUp(task: Task, error: unknown): unknown {
  if (!isPrefishError(error)) return error;
  const again = `The task goes on: prefish tasks wait ${sanitizeLabel(task.id)}`;
  return new PrefishError(
    error.code,
    `${error.message.replace(/\.$/, '')}; task ${referenceTo(task)} is no longer waited for`,
    {
      hint: error.hint === undefined ? again : `${again}. ${error.hint}`,
      cause: error,
    },
  );
}

/** What a task asks, below its line. */
async function asked(found: FoundTask, sources: readonly TaskSource[], signal: AbortSignal): Promise<string> {
  if (found.task.state !== 'input-required') return '';
  const question = await openQuestion(found, signal);
  return question === undefined ? '' : `\n${questionWords(found.task, question, sources)}`;
}

function isSettled({ state }: Task): boolean {
  return isFinal(state) || state === 'input-required';
}

function isCompleted({ state }: Task): boolean {
  return state === 'completed';
}
