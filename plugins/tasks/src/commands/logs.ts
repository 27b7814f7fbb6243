import { setTimeout as sleep } from 'node:timers/promises';
import {
  exitCodeOf,
  PrefishError,
  type Args,
  type Event,
  type FoundTask,
  type Outcome,
  type RunContext,
  type Task,
} from '@prefish/core';
import { isFinal, reasonWords } from '@prefish/protocol';
import { createSanitizer, sanitizeLabel } from '@prefish/screen';
import type { TaskNews } from '../news/task-news.ts';
import { stateWords } from '../format/task-status.ts';
import { isUnsent, KeptLine } from '../live/kept-line.ts';
import { whileAway } from '../live/while-away.ts';
import { SettledCalls } from '../transcript/settled-calls.ts';
import { findTask, findTaskOnceBack } from './find-task.ts';
import { wholeNumber } from './numbers.ts';

/** Who follows sees that a tool call has begun when it takes longer than this, in milliseconds. */
const longCall = 1000;
/** How often it is seen whether a line that is kept here was sent, in milliseconds. */
const lookMs = 1000;

/**
 * `tasks logs ID`: for people what the task printed, on the streams it was printed to and sanitised;
 * with `--json` its events exactly as they were written down, so that `--after` resumes.
 *
 * @throws PREFISH_TASK_ACTION when the source keeps no transcripts
 */
export async function runLogs(
  { values, positionals }: Args,
  context: RunContext,
  news: Pick<TaskNews, 'shown'>,
): Promise<Outcome> {
  const after = wholeNumber('after', values['after'], 0) ?? 0;
  const follow = values['follow'] === true;
  const find = follow ? findTaskOnceBack : findTask;
  const found = await find(positionals[0]!, 'logs', context);
  const { task, source } = found;
  if (source.events === undefined) {
    throw new PrefishError('PREFISH_TASK_ACTION', `${source.title} keep no transcript of ${task.id}`);
  }
  if (follow && !(await isSent(found, context))) return { type: 'ok' };
  const calls = new SettledCalls(context.out.event, follow ? longCall : Infinity);
  const isForPeople = values['json'] !== true;
  const show = isForPeople ? createReader(context, calls) : context.out.record;
  let read: Task = task;
  try {
    for await (const event of source.events(task.id, { after, follow }, context.signal)) {
      read = withEvent(read, event);
      show(event);
      await context.out.drain();
    }
  } finally {
    calls.end();
  }
  if (isForPeople) {
    // Its transcript was read: that this cannot be asked any more is no failure. A server that closes ends tasks.
    const now = await source.get(task.id, context.signal).catch(() => read);
    if (now !== undefined) news.shown(now);
    if (now !== undefined && isFinal(now.state) && !hasWorked(now)) note(context, stateWords(now));
  }
  return { type: 'ok' };
}

/** Waits for a line that is kept here: `true` once it is sent, `false` when it is dropped. @throws what {@link KeptLine.look} throws */
async function isSent({ task, source }: FoundTask, { out, signal }: RunContext): Promise<boolean> {
  const kept = new KeptLine(out);
  let current: Task | undefined = task;
  while (current !== undefined && isUnsent(current)) {
    kept.look(current);
    await sleep(lookMs, undefined, { signal });
    current = await whileAway(() => source.get(task.id, signal), { signal, tell() {} });
  }
  return current !== undefined;
}

/** The task as it is after an event. */
function withEvent(task: Task, event: Event): Task {
  if (event.type === 'exit')
    return { ...task, exit: 'code' in event ? { code: event.code } : { signal: event.signal } };
  if (event.type !== 'state') return task;
  const { reason: _, ...rest } = task;
  return { ...rest, state: event.state, ...(event.reason !== undefined && { reason: event.reason }) };
}

function hasWorked({ state, exit }: Task): boolean {
  return state === 'completed' && (exit === undefined || exitCodeOf(exit) === 0);
}

/** Says something about the task among what it printed. */
function note({ out, terminal }: Pick<RunContext, 'out' | 'terminal'>, words: string): void {
  if (terminal === undefined) out.write(`· ${words}\n`, 'stderr');
  else out.line(`· ${words}`);
}

/** Prints what a person reads of a transcript. */
function createReader(context: RunContext, calls: SettledCalls): (event: Event) => void {
  const { out } = context;
  const sanitizers = { stdout: createSanitizer(), stderr: createSanitizer() };
  return (event) => {
    if (event.type === 'output') {
      const text = sanitizers[event.stream].write(event.text);
      if (text !== '') out.write(text, event.stream);
    } else if (isTold(event)) {
      const { seq: _seq, at: _at, task: _task, ...body } = event;
      if (body.type === 'tool') calls.take(body);
      else out.event(body);
    } else if (event.type === 'exit') {
      for (const stream of ['stdout', 'stderr'] as const) {
        const rest = sanitizers[stream].end();
        if (rest !== '') out.write(rest, stream);
      }
    } else if (event.type === 'state' && event.state === 'submitted' && event.seq > 1) {
      const why = event.reason === undefined ? '' : ` (${sanitizeLabel(reasonWords(event.reason))})`;
      note(context, `submitted again${why}: what follows is of another attempt`);
    }
  };
}

function isTold({ type }: Event): boolean {
  return ['message', 'turn', 'thought', 'tool', 'plan', 'question', 'warning', 'error'].includes(type);
}
