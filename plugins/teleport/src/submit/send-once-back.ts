import {
  errorMessage,
  isPrefishError,
  isServerAway,
  PrefishError,
  serverAwayPatienceMs,
  type Task,
} from '@prefish/protocol';
import { CanceledBeforeSent } from '../outbox/uploads.ts';
import type { Services } from '../services.ts';
import { keepTrying } from './keep-trying.ts';
import type { Sending, Sent } from './send.ts';

/** How often a server that is away is tried again, in milliseconds. */
const everyMs = 2000;

/**
 * `--wait` of lines whose server was away: what was kept is tried again, for a minute. Unchanged where the server was
 * not away, or stays away.
 *
 * @throws what the server says when it will not have what was kept, the line then forgotten
 */
export async function sendOnceBack(sent: Sent, services: Services, signal: AbortSignal): Promise<Sent> {
  const { error, kept, tasks } = sent;
  if (kept.length === 0 || !isPrefishError(error) || !isServerAway(error)) return sent;
  const lines = kept.length === 1 ? 'the line is kept, and goes' : 'the lines are kept, and go';
  services.warn(error.code, `${errorMessage(error)}; ${lines} out once it answers`);
  const late = new AbortController();
  // Not AbortSignal.timeout: while it waits, nothing else keeps the process.
  const timer = setTimeout(() => late.abort(), serverAwayPatienceMs);
  const patience = AbortSignal.any([signal, late.signal]);
  try {
    const delivered: Task[] = [];
    for (const sending of kept) delivered.push(await onceSent(sending, patience));
    return { tasks: [...tasks, ...delivered], kept: [] };
  } catch (cause) {
    signal.throwIfAborted();
    if (late.signal.aborted) return sent;
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

async function onceSent(sending: Sending, signal: AbortSignal): Promise<Task> {
  const task = await keepTrying(sending, signal, [everyMs]);
  if (task !== undefined) return task;
  const { services, submission } = sending;
  const { outbox } = services;
  const problem = (await outbox.read(submission.id))?.problem;
  if (problem === undefined) throw new CanceledBeforeSent();
  await outbox.remove(submission.id);
  throw new PrefishError(problem.code, problem.message);
}
