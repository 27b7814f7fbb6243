import { PrefishError, isFinal, type Event } from '@prefish/protocol';
import type { Kysely, RawBuilder } from 'kysely';
import * as endings from './endings.ts';
import * as leases from './leases.ts';
import * as lookup from './lookup.ts';
import { keepMessage } from './messages.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';
import { submit } from './submission.ts';
import { toStoredTask, toTask } from './task-row.ts';
import { append, readEvents } from './transcript.ts';
import type { Writes } from './writes.ts';

/** How much of a task's events is kept, in bytes of JSON, where nothing else is said. */
export const defaultTranscriptLimit: number = 256 * 2 ** 20;
const defaultPageLength = 2 ** 20;

/** What a store is made of. The rest is the same in every SQL. */
export interface SqlStoreParts extends Pick<Store, 'free' | 'compact' | 'onChange' | 'close'> {
  /** Sees what is committed. */
  readonly reader: Kysely<Schema>;
  readonly writes: Writes;
  /** {@link import('./writes.ts').Write.clock} */
  readonly clock: RawBuilder<number>;
  /** Asks the reader, and makes the error that a caller sees of one from the database. */
  read<T>(query: () => Promise<T>): Promise<T>;
  /** Bytes of JSON that a task's transcript may have. */
  readonly transcriptLimit: number;
}

/** A {@link Store} on tables. */
export function createSqlStore(parts: SqlStoreParts): Store {
  const { reader, writes, clock, read, transcriptLimit, free, compact, onChange, close } = parts;
  return {
    submit: (request, defaults, enclosed) =>
      writes.run(request.id, async (write) => {
        const { row, created } = await submit(write, request, defaults, enclosed);
        return { task: toTask(row), created };
      }),
    find: async (owner, reference) => toStoredTask(await read(() => lookup.find(reader, owner, reference))),
    get: async (id) => toStoredTask(await read(() => lookup.byId(reader, id))),
    enclosure: (id) => read(() => lookup.enclosure(reader, id)),
    list: (query) => read(() => lookup.list(reader, query)),
    counts: (owner) => read(() => lookup.counts(reader, owner)),
    states: () => read(() => lookup.states(reader)),
    size: (owner) => read(() => lookup.size(reader, owner)),
    ownedBy: (owner, ids) => read(() => lookup.ownedBy(reader, owner, ids)),
    events: (id, after, limit, maxBytes = defaultPageLength): Promise<readonly Event[]> =>
      read(() => readEvents(reader, id, after, limit, maxBytes)),

    claim: (worker, leaseSeconds, mostOfOwner) =>
      writes.run('claims', (write) => leases.claim(write, worker, leaseSeconds, mostOfOwner)),
    beat: (id, attempt, leaseSeconds) =>
      writes.run(`lease of ${id}`, (write) => leases.beat(write, id, attempt, leaseSeconds)),
    markStarted: (id, attempt, sandbox) =>
      writes.run(id, (write) => leases.markStarted(write, id, attempt, sandbox)),
    append: (id, attempt, events) =>
      writes.run(id, (write) => append(write, id, attempt, events, transcriptLimit)),
    finish: (id, attempt, ending) =>
      writes.run(id, async (write) => toTask(await endings.finish(write, id, attempt, ending))),
    message: (id, attempt, text) => writes.run(id, (write) => keepMessage(write, id, attempt, text)),
    setWaiting: (id, attempt, waiting) =>
      writes.run(id, (write) => leases.setWaiting(write, id, attempt, waiting)),

    requestCancel: (id) =>
      writes.run(id, async (write) =>
        toTask(await endings.requestCancel(write, await lookup.byIdForUpdate(write.db, id))),
      ),
    expired: (options) => read(() => leases.expired(reader, clock, options)),
    reclaim: async (attempts, { onlyExpired } = { onlyExpired: false }) => {
      const rows = await Promise.all(
        attempts.map((attempt) =>
          writes.run(attempt.id, (write) => endings.reclaim(write, attempt, onlyExpired)),
        ),
      );
      return rows.filter((row) => row !== undefined).map(toTask);
    },
    remove: (id) =>
      writes.run(id, async ({ db, notify }) => {
        const row = await lookup.byIdForUpdate(db, id);
        if (!isFinal(row.state)) {
          throw new PrefishError('PREFISH_TASK_STATE', `Task ${id} has not ended yet.`, {
            hint: `prefish tasks cancel ${row.own_number} ends it.`,
          });
        }
        await db.deleteFrom('tasks').where('number', '=', row.number).execute();
        notify({ id, owner: row.owner, removed: true });
      }),

    ended: (query) => read(() => lookup.ended(reader, query)),
    recordProcess: (process) => writes.run(process.id, (write) => leases.recordProcess(write, process)),
    processes: () => read(() => leases.processes(reader)),
    free,
    compact,
    onChange,
    close,
  };
}
