import { PrefishError, isFinal, type Event, type Task } from '@prefish/protocol';
import { Kysely } from 'kysely';
import { openDatabaseFile } from './database-file.ts';
import * as endings from './endings.ts';
import { GroupCommit } from './group-commit.ts';
import * as leases from './leases.ts';
import * as lookup from './lookup.ts';
import type { Schema } from './schema.ts';
import { keepMessage } from './messages.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { storeError } from './store-error.ts';
import type { Store, StoreChange } from './store.ts';
import { submit } from './submission.ts';
import { toStoredTask, toTask } from './task-row.ts';
import { append, readEvents } from './transcript.ts';

/** How much of a task's events is kept, in characters of JSON. */
const defaultTranscriptLimit = 256 * 2 ** 20;
const defaultPageLength = 2 ** 20;

/** Where the store is, and what bounds it. */
export interface SqliteStoreOptions {
  /** The database file; made when absent. */
  readonly path: string;
  /** Characters of JSON that a task's transcript may have; 256 Mi by default. */
  readonly transcriptLimit?: number;
}

/**
 * The store of one machine, on `node:sqlite`. One process may write to a file at a time.
 *
 * @throws PREFISH_STORE_CORRUPT, PREFISH_STORE_VERSION, PREFISH_NO_SPACE
 */
export function openSqliteStore({
  path,
  transcriptLimit = defaultTranscriptLimit,
}: SqliteStoreOptions): Store {
  const file = openDatabaseFile(path);
  const writer = new Kysely<Schema>({ dialect: sqliteDialect(file.writer) });
  const reader = new Kysely<Schema>({ dialect: sqliteDialect(file.reader) });
  const listeners = new Set<(change: StoreChange) => void>();
  const translate = (error: unknown): unknown => storeError(error, path);
  const commit = new GroupCommit({
    db: writer,
    translate,
    emit: (change) => {
      for (const listener of listeners) listener(change);
    },
  });
  const read = async <T>(query: Promise<T>): Promise<T> => {
    try {
      return await query;
    } catch (error) {
      throw translate(error);
    }
  };

  return {
    submit: (request, defaults, enclosed) =>
      commit.run(async (write) => {
        const { row, created } = await submit(write, request, defaults, enclosed);
        return { task: toTask(row), created };
      }),
    find: async (owner, reference) => toStoredTask(await read(lookup.find(reader, owner, reference))),
    get: async (id) => toStoredTask(await read(lookup.byId(reader, id))),
    enclosure: (id) => read(lookup.enclosure(reader, id)),
    list: (query) => read(lookup.list(reader, query)),
    counts: (owner) => read(lookup.counts(reader, owner)),
    states: () => read(lookup.states(reader)),
    transcripts: (owner) => read(lookup.transcripts(reader, owner)),
    events: (id, after, limit, maxBytes = defaultPageLength): Promise<readonly Event[]> =>
      read(readEvents(reader, id, after, limit, maxBytes)),

    claim: (worker, leaseSeconds) => commit.run((write) => leases.claim(write, worker, leaseSeconds)),
    beat: (id, attempt, leaseSeconds) => commit.run((write) => leases.beat(write, id, attempt, leaseSeconds)),
    markStarted: (id, attempt, sandbox) =>
      commit.run((write) => leases.markStarted(write, id, attempt, sandbox)),
    append: (id, attempt, events) =>
      commit.run((write) => append(write, id, attempt, events, transcriptLimit)),
    finish: (id, attempt, ending) =>
      commit.run(async (write) => toTask(await endings.finish(write, id, attempt, ending))),
    message: (id, attempt, text) => commit.run((write) => keepMessage(write, id, attempt, text)),
    setWaiting: (id, attempt, waiting) =>
      commit.run((write) => leases.setWaiting(write, id, attempt, waiting)),

    requestCancel: (id) =>
      commit.run(async (write) =>
        toTask(await endings.requestCancel(write, await lookup.byId(write.db, id))),
      ),
    expired: ({ everything }) => read(leases.expired(reader, everything)),
    reclaim: (attempts) =>
      commit.run(async (write) => {
        const tasks: Task[] = [];
        for (const attempt of attempts) {
          const row = await endings.reclaim(write, attempt);
          if (row !== undefined) tasks.push(toTask(row));
        }
        return tasks;
      }),
    remove: (id) =>
      commit.run(async ({ db, notify }) => {
        const row = await lookup.byId(db, id);
        if (!isFinal(row.state)) {
          throw new PrefishError('PREFISH_TASK_STATE', `Task ${id} has not ended yet.`, {
            hint: `prefish tasks cancel ${row.own_number} ends it.`,
          });
        }
        await db.deleteFrom('tasks').where('number', '=', row.number).execute();
        notify({ id, owner: row.owner, removed: true });
      }),

    ended: (query) => read(lookup.ended(reader, query)),
    free: async () => {
      const [row] = file.reader
        .prepare('select freelist_count * page_size as bytes from pragma_freelist_count, pragma_page_size')
        .all();
      return Number(row?.['bytes']);
    },
    compact: async () => {
      await commit.idle();
      file.writer.exec('vacuum; pragma wal_checkpoint(truncate);');
    },

    recordProcess: (process) => commit.run((write) => leases.recordProcess(write, process)),
    processes: () => read(leases.processes(reader)),

    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await commit.idle();
      await reader.destroy();
      await writer.destroy();
      // Kysely closes only what it has used.
      for (const database of [file.reader, file.writer]) if (database.isOpen) database.close();
    },
  };
}
