import {
  PrefishError,
  taskIdPattern,
  type RepositoryLocation,
  type SubmitTask,
  type Task,
} from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import type { Git } from '../git/git.ts';
import { here, type Server } from '../server.ts';
import { mayBeSentAs } from './login-of-entry.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { CanceledBeforeSent, type Uploads } from './uploads.ts';
import { unpinSnapshot } from './pin-snapshot.ts';
import { pushSnapshot, type OutgoingSnapshot } from './push-snapshot.ts';
import { holdsUpOthers, mayPass, refused, troubled } from './trouble.ts';

/** What a delivery needs besides the entry. */
export interface Delivery {
  readonly git: Git;
  readonly outbox: Outbox;
  readonly server: Pick<Server, 'remote' | 'login'>;
  readonly client: ServerClient;
  /** Asked for when not given. */
  readonly location?: RepositoryLocation;
  /** The push of the snapshot, where it is under way already. */
  readonly pushed?: Promise<void>;
  /** Where the push is to be seen, and canceled. */
  readonly uploads: Uploads;
}

/**
 * Delivers one entry and drops it from the outbox once the server has the task. Call it while holding the entry.
 *
 * @throws PREFISH_INTERRUPTED for an entry that somebody has dropped meanwhile, so that it is no longer wanted;
 * PREFISH_LOGIN_REQUIRED for one that was kept under another login
 */
export async function deliver(entry: OutboxEntry, delivery: Delivery, signal?: AbortSignal): Promise<Task> {
  const { git, server, client, outbox, uploads } = delivery;
  if (!mayBeSentAs(entry, server)) {
    throw new PrefishError(
      'PREFISH_LOGIN_REQUIRED',
      `The line was kept for ${entry.login ?? 'another login'}`,
    );
  }
  const snapshot = snapshotOf(entry);
  if (delivery.pushed !== undefined) await delivery.pushed;
  else {
    const location = delivery.location ?? (await client.repository(entry.request.repo, signal));
    const remote = await server.remote(location);
    await uploads.run([snapshot.id], signal ?? new AbortController().signal, (until, onProgress) =>
      pushSnapshot(git, snapshot, { ...remote, latest: location.latest }, until, onProgress),
    );
  }
  const isWanted = async (): Promise<boolean> =>
    !uploads.isCanceled(snapshot.id) && (await outbox.read(snapshot.id)) !== undefined;
  if (!(await isWanted())) {
    await outbox.remove(snapshot.id);
    throw new CanceledBeforeSent();
  }
  const request = await withFullIds(entry.request, client, signal);
  const task = await client.submit(request, signal).catch(async (error: unknown) => {
    throw (await isWanted()) ? error : new CanceledBeforeSent();
  });
  if (!(await isWanted())) {
    // Another prefish has told its user that it was not sent. One that has ended since has ended.
    await client.cancel(task.id, signal).catch(() => signal?.throwIfAborted());
    throw new CanceledBeforeSent();
  }
  await outbox.remove(entry.request.id);
  if (entry.pinned === true) await unpinSnapshot(git, snapshot);
  return task;
}

/** What of an entry git has to carry. */
export function snapshotOf({ request, shadow }: OutboxEntry): OutgoingSnapshot {
  return { id: request.id, commit: request.snapshot, shadow };
}

/** `--after 3` or `--after @last`, kept while no server could be asked what it means. */
async function withFullIds(
  request: SubmitTask,
  client: ServerClient,
  signal?: AbortSignal,
): Promise<SubmitTask> {
  const { after = [], afterAny = [] } = request.options;
  if ([...after, ...afterAny].every((id) => taskIdPattern.test(id))) return request;
  const idsOf = (references: readonly string[]): Promise<string[]> =>
    Promise.all(references.map(async (reference) => (await client.get(reference, signal)).id));
  const options = { ...request.options, after: await idsOf(after), afterAny: await idsOf(afterAny) };
  return { ...request, options };
}

/** What became of an entry that was not delivered. */
export interface Undelivered {
  readonly entry: OutboxEntry;
  readonly error: unknown;
}

/**
 * Delivers everything that waits for one server, in the order in which it was submitted: where an entry cannot go
 * because the server is away, or takes no more for now, nor can those behind it, and what another process is
 * delivering is left to it with all that is behind. One that the server refuses stays, marked with the reason, and
 * holds up nothing; nor does one that cannot go for itself.
 */
export async function deliverWaiting(
  delivery: Pick<Delivery, 'git' | 'outbox' | 'uploads'> & {
    readonly server: Pick<Server, 'id' | 'remote' | 'login'>;
    readonly connect: () => Promise<ServerClient>;
  },
  signal?: AbortSignal,
): Promise<Undelivered[]> {
  const { git, outbox, server, uploads, connect } = delivery;
  const waiting = (await outbox.list()).filter((entry) => waitsFor(entry, server));
  if (waiting.length === 0) return [];
  const client = await connect();
  const failed: Undelivered[] = [];
  for (const [index, { request }] of waiting.entries()) {
    signal?.throwIfAborted();
    const undelivered = await outbox
      .hold(request.id, () => deliverHeld(request.id), { timeoutMs: 100, ...(signal ? { signal } : {}) })
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ELOCKED') throw error;
        return 'held' as const;
      });
    if (undelivered === 'held') break;
    if (undelivered === undefined) continue;
    failed.push(undelivered);
    const { error } = undelivered;
    if (!holdsUpOthers(error)) continue;
    failed.push(...waiting.slice(index + 1).map((entry) => ({ entry, error })));
    break;
  }
  return failed;

  async function deliverHeld(id: string): Promise<Undelivered | undefined> {
    const entry = await outbox.read(id);
    if (entry === undefined || entry.problem !== undefined) return undefined;
    try {
      await deliver(entry, { git, outbox, server, client, uploads }, signal);
      return undefined;
    } catch (error) {
      signal?.throwIfAborted();
      if ((await outbox.read(id)) === undefined) return undefined;
      await outbox.write(mayPass(error) ? troubled(entry, error) : refused(entry, error));
      return { entry, error };
    }
  }
}

/** The ids of the servers that something is to be delivered to. */
export async function serversWaitedFor(outbox: Pick<Outbox, 'list'>): Promise<readonly string[]> {
  const waiting = (await outbox.list()).filter(isWaiting);
  return [...new Set(waiting.map(({ server = here }) => server))];
}

/** Whether an entry is to be delivered: nobody has refused it. */
export function isWaiting({ problem }: Pick<OutboxEntry, 'problem'>): boolean {
  return problem === undefined;
}

/** Whether an entry is to be delivered to that server, under the login that there is now. */
export function waitsFor(entry: OutboxEntry, server: Pick<Server, 'id' | 'login'>): boolean {
  return isWaiting(entry) && isFor(entry, server) && mayBeSentAs(entry, server);
}

/** Whether an entry is for that server, refused or not. */
export function isFor(entry: Pick<OutboxEntry, 'server'>, { id }: Pick<Server, 'id'>): boolean {
  return (entry.server ?? here) === id;
}
