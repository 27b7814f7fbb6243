import { setTimeout as delay } from 'node:timers/promises';
import {
  PrefishError,
  errorMessage,
  isFinal,
  isPrefishError,
  type AnyErrorCode,
  type Task,
  type TaskPage,
  type TaskQuery,
} from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import { deliverWaiting, isFor, serversWaitedFor, waitsFor, type Undelivered } from '../outbox/deliver.ts';
import { keepLeftBehind } from '../outbox/keep-snapshot.ts';
import { awaitedLogin } from '../outbox/login-of-entry.ts';
import type { OutboxEntry } from '../outbox/outbox.ts';
import { mayPass } from '../outbox/trouble.ts';
import { undeliveredTask } from '../outbox/undelivered-task.ts';
import { refuseWithoutServer, serverOfEntry } from '../outbox/without-server.ts';
import type { StartMode } from '../server.ts';
import type { Services } from '../services.ts';

/** Begins a cursor that leads to what waits behind an entry; every other is the server's own. */
const behindEntry = 'behind:';

/**
 * One page of the server's tasks; the first ones begin with what waits to be delivered to it, which is all that is
 * known, with the `error`, where the server does not answer.
 */
export async function listTasks(
  services: Services,
  { passive, ...query }: TaskQuery,
  signal: AbortSignal,
): Promise<TaskPage & { readonly error?: Error }> {
  if (passive === true) return listIfRunning(services, query, signal);
  if (!services.server.elsewhere) warnOfChoice(services);
  // Who shows the list for as long as it is looked at sees in it what waits, and until when.
  const tell = query.counts === true ? undefined : warnWaiting;
  await Promise.all([deliverSoon(services, signal, tell), services.undoPoints.refresh()]);
  const { cursor, limit = Infinity, state } = query;
  const entries = await entriesHere(services);
  const waiting = (await Promise.all(entries.map((entry) => shown(services, entry))))
    .filter((task) => state === undefined || state.includes(task.state))
    .reverse();
  const undelivered = waitingFrom(waiting, cursor);
  const page = undelivered.slice(0, limit);
  const isServers = cursor !== undefined && !cursor.startsWith(behindEntry);
  const { cursor: _, ...fromBeginning } = query;
  const rest = {
    ...(isServers ? query : fromBeginning),
    ...(limit === Infinity ? {} : { limit: limit - page.length }),
  };
  const isFull = page.length === limit;
  // Of a full page, the server's are behind it: it is asked for how many there are.
  const listed = connectIfUsed(services, signal).then((client) =>
    client?.list(isFull ? { ...rest, limit: 1 } : rest, signal),
  );
  let away: Error | undefined;
  const known = await listed.catch((error: unknown) => {
    if (waiting.length === 0 || signal.aborted || !(error instanceof Error)) throw error;
    away = error;
    return undefined;
  });
  const ids = new Set(known?.tasks.map(({ id }) => id));
  const next = isFull
    ? undelivered.length > limit || (known?.tasks.length ?? 0) > 0
      ? `${behindEntry}${page.at(-1)!.id}`
      : undefined
    : known?.next;
  const counts = known?.counts;
  return {
    tasks: [...page.filter(({ id }) => !ids.has(id)), ...(isFull ? [] : (known?.tasks ?? []))],
    ...(next === undefined ? {} : { next }),
    ...(counts && {
      counts: {
        total: counts.total + waiting.length,
        active: counts.active + waiting.filter((task) => !isFinal(task.state)).length,
      },
    }),
    ...(away === undefined ? {} : { error: away }),
  };
}

/** Says once that what was chosen is no server: its tasks would be missed. */
function warnOfChoice({ chosen, complaints, warn }: Services): void {
  try {
    chosen();
  } catch (error) {
    if (!isPrefishError(error) || complaints.has(error.message)) return;
    complaints.add(error.message);
    warn(error.code, error.message, error.hint);
  }
}

/** Those that a page begins with which goes on at a cursor. */
function waitingFrom(waiting: readonly Task[], cursor: string | undefined): readonly Task[] {
  if (cursor === undefined) return waiting;
  if (!cursor.startsWith(behindEntry)) return [];
  const last = waiting.findIndex(({ id }) => id === cursor.slice(behindEntry.length));
  return last === -1 ? [] : waiting.slice(last + 1);
}

async function listIfRunning(services: Services, query: TaskQuery, signal: AbortSignal): Promise<TaskPage> {
  try {
    const client = await services.connect(false, signal);
    return await client.list(query, signal);
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_SERVER_UNREACHABLE') return { tasks: [] };
    throw error;
  }
}

/**
 * One task by its id, its number, a unique beginning of its id, or `@last`.
 *
 * @throws PREFISH_TASK_AMBIGUOUS
 */
export async function findTask(
  services: Services,
  reference: string,
  signal: AbortSignal,
): Promise<Task | undefined> {
  await Promise.all([deliverSoon(services, signal), services.undoPoints.refresh()]);
  const waiting = await findWaiting(services, reference);
  const client = await connectIfUsed(services, signal).catch((error: unknown) => {
    if (waiting === undefined || signal.aborted) throw error;
    return undefined;
  });
  const found = client && (await getOrUndefined(client, reference, signal));
  if (found === undefined || waiting === undefined) return found ?? waiting;
  // Of the same id, and of what is older, the server knows more.
  return found.id !== waiting.id && found.createdAt < waiting.createdAt ? waiting : found;
}

/** How long a look at the tasks waits for what is being delivered to a server elsewhere, in milliseconds: less than a source may take. */
const deliveryPatienceMs = 3000;

/**
 * As {@link deliverOutbox}; to a server elsewhere it goes on by itself where it takes long.
 *
 * @param tell told of what still waits
 */
async function deliverSoon(
  services: Services,
  signal: AbortSignal,
  tell: (services: Services, failed: readonly Undelivered[]) => Promise<void> = async () => {},
): Promise<void> {
  const deliver = async (until: AbortSignal): Promise<void> =>
    tell(services, await deliverOutbox(services, true, until));
  if (!services.server.elsewhere) return deliver(signal);
  const delivered = deliver(services.signal);
  services.attend(delivered);
  const late = new AbortController();
  const patience = delay(deliveryPatienceMs, undefined, { signal: late.signal }).catch(() => {});
  await Promise.race([delivered.catch(() => {}), patience]);
  late.abort();
  signal.throwIfAborted();
}

/** Delivers what waits for any server, as far as they answer at once. */
export async function deliverEverywhere(services: Services, signal: AbortSignal): Promise<void> {
  await refuseWithoutServer(services);
  const servers = await serversWaitedFor(services.outbox);
  await Promise.all(
    servers.map((id) => deliverOutbox(services.at(services.serverOf(id)), 'if-used', signal)),
  );
}

/**
 * Delivers what waits for the server, where there is something. What the server refuses is said, and stays.
 *
 * @returns what could not be delivered
 */
export async function deliverOutbox(
  services: Services,
  start: StartMode,
  signal: AbortSignal,
): Promise<readonly Undelivered[]> {
  const { outbox, server, uploads } = services;
  const waiting = (await outbox.list()).filter((entry) => waitsFor(entry, server));
  if (waiting.length === 0) return [];
  const git = services.git(process.env as Record<string, string>);
  const connect = (): Promise<ServerClient> => services.connect(start, signal);
  let failed: readonly Undelivered[];
  try {
    failed = await deliverWaiting({ git: await git, outbox, server, uploads, connect }, signal);
    for (const { entry, error } of failed) if (!mayPass(error)) warnRefused(services, entry, error);
  } catch (error) {
    signal.throwIfAborted();
    failed = waiting.map((entry) => ({ entry, error }));
  }
  const kept = failed.map(({ entry }) => entry);
  if (kept.length > 0) services.background(git.then((found) => keepLeftBehind(services, found, kept)));
  return failed;
}

function warnRefused({ warn }: Services, { request }: OutboxEntry, error: unknown): void {
  const known = isPrefishError(error) ? error : undefined;
  const complaint = `Not delivered: ${request.line}: ${errorMessage(error)}`;
  warn(known?.code ?? 'PREFISH_SERVER_REFUSED', complaint, known?.hint);
}

/** So many ids are named. */
const namedIds = 3;

/** Of all that waits for the server once, however often it is tried: every look at the list tries. */
async function warnWaiting(services: Services, failed: readonly Undelivered[]): Promise<void> {
  const first = failed.find(({ error }) => mayPass(error));
  if (first === undefined) return;
  const { complaints, outbox, server, warn } = services;
  const { error } = first;
  const known = isPrefishError(error) ? error : undefined;
  const place = server.elsewhere ? server.id : server.place;
  const why = whyWaiting(known?.code, errorMessage(error), server.id);
  if (complaints.has(`${server.id} ${why}`)) return;
  complaints.add(`${server.id} ${why}`);
  const entries = (await outbox.list()).filter((entry) => waitsFor(entry, server));
  if (entries.length === 0) return;
  const waits = entries.length === 1 ? '1 line waits' : `${entries.length} lines wait`;
  const ids = entries.slice(0, namedIds).map(({ request }) => request.id);
  const more = entries.length > namedIds ? ' …' : '';
  const drops = `prefish tasks cancel ${ids.join(' ')}${more} drops ${entries.length === 1 ? 'it' : 'them'}`;
  warn(known?.code ?? 'PREFISH_SERVER_UNREACHABLE', `${waits} for ${place}${why} · ${drops}`);
}

/** Behind the name of the server, which its errors begin with: `, which does not answer`, `: ada has 4 tasks`. */
function whyWaiting(code: AnyErrorCode | undefined, message: string, server: string): string {
  if (code === 'PREFISH_LOGIN_REQUIRED') return `: prefish login ${server} first`;
  const [line = ''] = message.split('\n', 1);
  if (line.startsWith(`${server} does not answer`)) return ', which does not answer';
  return `: ${line.replace(/\.$/, '')}`;
}

/** `undefined` where no server of this machine runs, and none has. */
async function connectIfUsed(services: Services, signal: AbortSignal): Promise<ServerClient | undefined> {
  try {
    return await services.connect('if-used', signal);
  } catch (error) {
    const isNone = isPrefishError(error) && error.code === 'PREFISH_SERVER_UNREACHABLE';
    if (isNone && !services.server.elsewhere) return undefined;
    throw error;
  }
}

async function getOrUndefined(
  client: ServerClient,
  reference: string,
  signal: AbortSignal,
): Promise<Task | undefined> {
  try {
    return await client.get(reference, signal);
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND') return undefined;
    throw error;
  }
}

async function findWaiting(services: Services, reference: string): Promise<Task | undefined> {
  const entries = await entriesHere(services);
  const matches = entries.filter(({ request }) => reference !== '' && request.id.startsWith(reference));
  if (matches.length > 1) {
    throw new PrefishError('PREFISH_TASK_AMBIGUOUS', `Several tasks have ids that begin with ${reference}`);
  }
  const entry = matches[0] ?? (reference === '@last' ? entries.at(-1) : undefined);
  return entry && shown(services, entry);
}

async function shown(services: Services, entry: OutboxEntry): Promise<Task> {
  const { uploads, outbox } = services;
  const { id } = entry.request;
  const upload = uploads.progressOf(id) ?? (await outbox.uploadOf(id));
  const server = serverOfEntry(services, entry);
  return undeliveredTask(entry, { upload, awaited: server && awaitedLogin(entry, server) });
}

/** What the outbox holds for the server; with that of this machine, for one that nobody knows any more. */
async function entriesHere({ outbox, server, servers }: Services): Promise<OutboxEntry[]> {
  const isListed = (entry: OutboxEntry): boolean => servers.some((known) => isFor(entry, known));
  return (await outbox.list()).filter(
    (entry) => isFor(entry, server) || (!server.elsewhere && !isListed(entry)),
  );
}
