import { syncFileSystem } from '@prefish/durable';
import { PrefishError, errorMessage, isPrefishError, type Task } from '@prefish/protocol';
import type { Git } from '../git/git.ts';
import { deliver } from '../outbox/deliver.ts';
import { keepSnapshot } from '../outbox/keep-snapshot.ts';
import type { OutboxEntry } from '../outbox/outbox.ts';
import { mayPass, refused, troubled, whenItGoes } from '../outbox/trouble.ts';
import { CanceledBeforeSent } from '../outbox/uploads.ts';
import type { Services } from '../services.ts';
import { retakeSnapshot } from '../snapshot/take-snapshot.ts';
import { afterKept } from './after-kept.ts';
import { buildRequest, type Submission } from './build-request.ts';
import type { PlannedLine } from './plan-line.ts';
import type { ServerSide } from './server-side.ts';
import { describeSubmission } from './task-words.ts';
import { tellEnd } from './tell-end.ts';

/** A captured line on its way. */
export interface Sending {
  readonly services: Services;
  readonly git: Git;
  readonly submission: Omit<Submission, 'line'>;
  readonly line: PlannedLine;
  readonly server: Promise<ServerSide>;
  /** Whom the server took the user for when this was submitted. */
  readonly login: string | undefined;
  /** The push of the snapshot, which begins as soon as the server is known to take the line. */
  readonly pushed: Promise<void>;
}

/** What became of a line and its siblings. */
export interface Sent {
  /** Those that the server has. */
  readonly tasks: readonly Task[];
  /** Those that are kept, to be sent later. */
  readonly kept: readonly Sending[];
  /** Why some were not sent: the first reason. */
  readonly error?: unknown;
}

/** As {@link sendNow}, for a line and its siblings. Each is tried, so that each is kept where no server can be reached. */
export async function sendAllNow(sendings: readonly Sending[], signal: AbortSignal): Promise<Sent> {
  const tasks: Task[] = [];
  const kept: Sending[] = [];
  const errors: unknown[] = [];
  for (const sending of sendings) {
    try {
      tasks.push(await sendNow(sending, signal));
    } catch (error) {
      errors.push(error);
      const { services, submission } = sending;
      if ((await services.outbox.read(submission.id)) !== undefined) kept.push(sending);
    }
  }
  return errors.length === 0 ? { tasks, kept } : { tasks, kept, error: keptError(errors[0], kept) };
}

/**
 * Resolves once the server has the task durably.
 *
 * @throws what the server says when it refuses, the line then forgotten; otherwise the error, the line then kept
 */
async function sendNow(sending: Sending, signal: AbortSignal): Promise<Task> {
  const { services, submission, git } = sending;
  const { outbox } = services;
  const send = async (): Promise<Task> => {
    let entry = entryOf(sending, undefined);
    try {
      const side = await sending.server;
      entry = { ...entryOf(sending, side), createdAt: entry.createdAt };
      await outbox.write(entry);
      return await syncedMeanwhile(sending, deliverFresh(sending, entry, side, signal));
    } catch (error) {
      if (isRefusal(error, services) || signal.aborted || error instanceof CanceledBeforeSent) {
        await outbox.remove(submission.id);
        throw error;
      }
      await outbox.write({ ...troubled(entry, error), pinned: true });
      await keepSnapshot(services, git, entry);
      throw error;
    }
  };
  return outbox.hold(submission.id, send, { signal });
}

/**
 * Resolves with the first entry once the line and its siblings are safe in the outbox; they are sent in the
 * background, and what becomes of them is said outside of the line: their numbers, trouble, and how each ended.
 */
export async function keepAndSend(sendings: readonly [Sending, ...Sending[]]): Promise<OutboxEntry> {
  const [{ services }] = sendings;
  const entries = sendings.map((sending) => entryOf(sending, undefined));
  for (const entry of entries) await services.outbox.write(entry);
  const sendAll = async (): Promise<void> => {
    const taken: Task[] = [];
    // One after the other: their numbers are in their order.
    for (const [index, sending] of sendings.entries()) {
      const sent = await services.outbox.hold(sending.submission.id, () =>
        sendKept(sending, entries[index]!),
      );
      if (sent !== undefined) taken.push(sent);
    }
    if (taken.length > 0) services.notify(describeSubmission(taken));
  };
  services.background(syncedMeanwhile(sendings[0], sendAll()));
  return entries[0]!;
}

async function sendKept(sending: Sending, kept: OutboxEntry): Promise<Task | undefined> {
  const { services, git } = sending;
  const { id } = sending.submission;
  let entry = kept;
  try {
    const side = await sending.server;
    entry = { ...entryOf(sending, side), createdAt: kept.createdAt };
    if ((await services.outbox.read(id)) === undefined) return undefined;
    await services.outbox.write(entry);
    const task = await deliverFresh(sending, entry, side, services.signal);
    services.attend(tellEnd(services, task.id));
    return task;
  } catch (error) {
    if (error instanceof CanceledBeforeSent || services.uploads.isCanceled(id)) {
      await services.outbox.remove(id);
      return undefined;
    }
    const refusal = isRefusal(error, services);
    entry = { ...entry, pinned: true };
    await services.outbox.write(refusal ? refused(entry, error) : troubled(entry, error));
    await keepSnapshot(services, git, entry);
    if (!refusal) services.attend(sendLater(sending));
    services.warn(
      isPrefishError(error) ? error.code : 'PREFISH_SERVER_REFUSED',
      `${refusal ? 'Refused' : 'Not delivered yet'}: ${entry.request.line}: ${errorMessage(error)}`,
      refusal ? hintOf(error) : keptHint(error, services),
    );
    return undefined;
  }
}

/** How long a delivery takes that is at hand, in milliseconds. */
const atHandMs = 200;

/**
 * While a delivery takes its time, what the line takes along becomes as durable as the line in the outbox: git does
 * not sync it, and a power cut would leave a line that cannot be sent.
 */
async function syncedMeanwhile<T>(
  { submission }: Pick<Sending, 'submission'>,
  delivery: Promise<T>,
): Promise<T> {
  const delivered = new AbortController();
  const sync = (): unknown =>
    syncFileSystem(submission.shadow.folder, { signal: delivered.signal, unref: true });
  const late = setTimeout(sync, atHandMs);
  try {
    return await delivery;
  } finally {
    clearTimeout(late);
    delivered.abort();
  }
}

function keptHint(error: unknown, { server }: Pick<Services, 'server'>): string {
  return isPrefishError(error) && error.code === 'PREFISH_LOGIN_REQUIRED'
    ? `It is kept, and sent once you have logged in: prefish login ${server.id}`
    : 'It is kept, and sent again until it gets there';
}

function hintOf(error: unknown): string | undefined {
  return isPrefishError(error) ? error.hint : undefined;
}

/** What could not be sent goes out as soon as it can, and is told about as if it had gone at once. */
async function sendLater(sending: Sending): Promise<void> {
  const { services } = sending;
  const { keepTrying } = await import('./keep-trying.ts');
  const task = await keepTrying(sending, services.signal);
  if (task === undefined) return;
  services.notify(describeSubmission([task]));
  services.attend(tellEnd(services, task.id));
}

/** Delivers what was captured a moment ago. Objects that have gone meanwhile can be captured again. */
async function deliverFresh(
  { services, git, submission, pushed }: Sending,
  entry: OutboxEntry,
  { client, location }: ServerSide,
  signal: AbortSignal,
): Promise<Task> {
  const { outbox, server, uploads } = services;
  await afterKept(services, entry, signal);
  const delivery = { git, outbox, server, uploads, client, location };
  try {
    return await deliver(entry, { ...delivery, pushed }, signal);
  } catch (error) {
    if (!isPrefishError(error) || error.code !== 'PREFISH_SNAPSHOT_FAILED') throw error;
  }
  const { commit, details } = await retakeSnapshot(submission.shadow, submission.tree, signal);
  const request = { ...entry.request, snapshot: commit, base: (await details).base };
  const again = { ...entry, request };
  await services.outbox.write(again);
  return deliver(again, delivery, signal);
}

function entryOf({ services, submission, line, login }: Sending, side: ServerSide | undefined): OutboxEntry {
  const text = side?.line ?? line.text;
  const { network: wished, ...asked } = submission.asked;
  const network = side === undefined ? wished : side.network;
  const known = {
    ...asked,
    ...(side === undefined ? {} : { after: side.after, afterAny: side.afterAny }),
    ...(network === undefined ? {} : { network }),
  };
  return {
    version: 1,
    request: buildRequest({ ...submission, asked: known, line: text }),
    shadow: submission.shadow.folder,
    ...(services.server.elsewhere ? { server: services.server.id } : {}),
    ...(login === undefined ? {} : { login }),
    createdAt: new Date().toISOString(),
  };
}

/**
 * The server's last word, as opposed to trouble on the way. A server of another version, and one that nobody has
 * logged in to, is told about before anything is kept.
 */
function isRefusal(error: unknown, { server }: Pick<Services, 'server'>): boolean {
  if (!mayPass(error) || server.isKnown?.() === false) return true;
  return isPrefishError(error) && error.code === 'PREFISH_SERVER_VERSION';
}

/** The error with a hint that lines are kept. */
function keptError(error: unknown, kept: readonly Sending[]): unknown {
  if (!isPrefishError(error) || kept.length === 0) return error;
  const ids = kept.map(({ submission }) => submission.id).join(' ');
  const what =
    kept.length === 1
      ? `The line is kept (${ids}) and goes out`
      : `${kept.length} lines are kept (${ids}) and go out`;
  return new PrefishError(error.code, error.message, {
    hint: `${what} ${whenItGoes(kept[0]!.services, error)}. ${error.hint ?? ''}`.trim(),
    cause: error,
  });
}
