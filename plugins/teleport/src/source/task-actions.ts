import { defineAction, type TaskAction } from '@prefish/core';
import { PrefishError, isFinal, type Task } from '@prefish/protocol';
import { named } from '../named-errors.ts';
import { publishActions } from '../publish/publish-actions.ts';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { describeEnd } from '../submit/task-words.ts';
import { describeNoResult } from './no-result.ts';
import { openAction } from './open-page.ts';
import { untilEnded } from './until-ended.ts';

const runs = (task: Task): boolean => !isFinal(task.state);
const ended = (task: Task): boolean => isFinal(task.state);
const hasResult = (task: Task): boolean => isFinal(task.state) && task.result !== undefined;

/** What can be done with a task of the server. */
export function taskActions(services: Services): TaskAction[] {
  const refreshUndo = (): Promise<void> => services.undoPoints.refresh();
  return [
    {
      name: 'cancel',
      summary: 'End the task and everything that it started; what it has changed so far is its result',
      key: 'x',
      applies: runs,
      async run(task, _args, { signal }) {
        if (await dropUndelivered(services, task.id))
          return { type: 'ok', message: `${task.id} was not sent` };
        const client = await services.connect(true, signal);
        if (isFinal(task.state)) return { type: 'ok', message: hadEnded(task), data: task };
        services.endsTold.add(task.id);
        const canceled = await untilEnded(client, await client.cancel(task.id, signal), signal);
        const hasEnded = isFinal(canceled.state);
        if (!hasEnded) services.endsTold.delete(task.id);
        const message = !hasEnded
          ? `task ${canceled.number} is still ending`
          : canceled.state === 'canceled'
            ? describeEnd(canceled)
            : hadEnded(canceled);
        return { type: 'ok', message, data: canceled };
      },
    },
    {
      name: 'retry',
      summary: 'Run the same line on the same snapshot again, as a new task',
      key: 'r',
      applies: ended,
      run: async (task, _args, context) => {
        const { retryTask } = await import('./retry-task.ts');
        return retryTask(services, task, context);
      },
    },
    defineAction({
      name: 'diff',
      summary: 'Show what the task changed',
      key: 'd',
      args: { stat: { type: 'boolean', summary: 'Which files, and how many lines of each; no patch' } },
      applies: hasResult,
      async run(task, { values }, { signal, color }) {
        const client = await services.connect(true, signal);
        const [diff, { formatDiff }] = await Promise.all([
          client.diff(task.id, signal),
          import('./format-diff.ts'),
        ]);
        const none = isFinal(task.state) ? wordsOfNone(services, task) : 'Nothing has changed yet.';
        const format = { colour: color === true, stat: values.stat, none };
        return { type: 'ok', message: formatDiff(diff, format), data: diff };
      },
    }),
    defineAction({
      name: 'apply',
      summary: 'Merge what the task changed into the work tree',
      key: 'a',
      args: {
        branch: { type: 'string', summary: 'Make a branch of the result instead', placeholder: 'NAME' },
        markers: { type: 'boolean', summary: 'Write conflicts as markers into the files' },
        'dry-run': { type: 'boolean', summary: 'Say what would change, and stop' },
      },
      applies: hasResult,
      run: async (task, { values }, context) => {
        const { applyResult } = await import('../apply/apply-result.ts');
        return named(() => applyResult(services, task, values, context)).finally(refreshUndo);
      },
    }),
    {
      name: 'undo',
      summary: 'Take back what apply wrote; the last one in this repository, without an ID',
      key: 'u',
      applies: (task) => services.undoPoints.has(task.id),
      run: async (task, _args, context) => {
        const { undoApply } = await import('../apply/undo-apply.ts');
        return named(() => undoApply(services, task, context)).finally(refreshUndo);
      },
      runAlone: async (_args, context) => {
        const { undoLastApply } = await import('../apply/undo-apply.ts');
        return named(() => undoLastApply(services, context)).finally(refreshUndo);
      },
    },
    defineAction({
      name: 'get',
      summary: 'Fetch a file that --keep kept; without PATH, list them',
      positionals: [{ name: 'PATH', optional: true }],
      args: {
        output: {
          type: 'string',
          short: 'o',
          summary: 'Write it there, not to standard output',
          placeholder: 'FILE',
        },
      },
      applies: (task) => ended(task) && task.keep !== undefined,
      run: async (task, { values, positionals }, context) => {
        const { getFiles } = await import('./get-files.ts');
        return getFiles(services, task, { path: positionals[0], output: values.output }, context);
      },
    }),
    ...publishActions(services),
    openAction(services),
    {
      name: 'rm',
      summary: 'Forget a task that has ended, and what was kept for it',
      key: 'D',
      applies: ended,
      confirm: (task) =>
        `Forget ${nameOf(task)} “${task.title}”${task.result === undefined ? '' : ' and what it changed'}?`,
      async run(task, _args, { signal }) {
        const entry = await services.outbox.read(task.id);
        if (entry !== undefined && entry.problem === undefined) {
          throw new PrefishError('PREFISH_TASK_STATE', `${task.id} has not been sent yet`, {
            hint: `prefish tasks cancel ${task.id} drops it`,
          });
        }
        if (!(await dropUndelivered(services, task.id))) {
          const client = await services.connect(true, signal);
          await client.remove(task.id, signal);
        }
        return { type: 'ok', message: `${nameOf(task)} removed`, data: { removed: task.id } };
      },
    },
    {
      name: 'send',
      summary: 'Send a message to a task; one that has ended is taken up by a new one',
      positionals: [{ name: 'TEXT', variadic: true }],
      applies: (task) => services.takesMessages(task.line),
      async run(task, { positionals }, context) {
        const text = positionals.join(' ');
        if (text === '') throw new PrefishError('PREFISH_USAGE', 'There is no text to send');
        if (!services.takesMessages(task.line)) {
          throw new PrefishError('PREFISH_TASK_ACTION', printable(`${task.line} reads no messages`), {
            hint: 'An agent does, in a task of plain text: & fix the login test',
          });
        }
        if (isFinal(task.state)) {
          const { continueTask } = await import('./continue-task.ts');
          return continueTask(services, task, text, context);
        }
        const { signal } = context;
        const client = await services.connect(true, signal);
        return { type: 'ok', message: 'sent', data: await client.message(task.id, text, signal) };
      },
    },
    {
      name: 'answer',
      summary: 'Answer a question that a task asks',
      positionals: [
        { name: 'QUESTION', optional: true },
        { name: 'TEXT', optional: true, variadic: true },
      ],
      applies: ({ state }) => state === 'input-required',
      run: async (task, { positionals }, context) => {
        const { answerQuestion } = await import('./answer-question.ts');
        return answerQuestion(services, task, positionals, context);
      },
    },
  ];
}

/** Of a task that was to be canceled, and is not. */
function hadEnded({ number, state }: Task): string {
  const was = state === 'completed' || state === 'failed' ? 'had' : 'was';
  return `task ${number} ${was} ${state} already; nothing was canceled`;
}

function wordsOfNone(services: Services, task: Task): string {
  const { message, hint } = describeNoResult(services, task);
  return `${message}.${hint === undefined ? '' : ` ${hint}.`}`;
}

/** A task that was never delivered has no number. */
function nameOf({ id, number }: Task): string {
  return number > 0 ? `task ${number}` : id;
}

async function dropUndelivered(services: Services, id: string): Promise<boolean> {
  if ((await services.outbox.read(id)) === undefined) return false;
  const { outbox, uploads } = services;
  const drop = async (): Promise<boolean> => {
    if ((await outbox.read(id)) === undefined) return false;
    await outbox.remove(id);
    return true;
  };
  if (uploads.cancel(id)) return drop();
  try {
    return await outbox.hold(id, drop, { timeoutMs: 300 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    // Another prefish is sending it, and looks once more before it hands it over.
    return drop();
  }
}
