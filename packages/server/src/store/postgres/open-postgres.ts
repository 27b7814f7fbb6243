import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { PrefishError, errorMessage } from '@prefish/protocol';
import { Kysely } from 'kysely';
import type { Log } from '../../log.ts';
import { createSqlStore, defaultTranscriptLimit } from '../sql-store.ts';
import type { Store, StoreChange } from '../store.ts';
import { postgresClock, postgresDialect } from './connect.ts';
import { postgresError } from './errors.ts';
import { migrate } from './migrations.ts';
import { NewestFirst } from './newest-first.ts';
import { Notices } from './notices.ts';
import type { SharedSchema } from './schema.ts';
import { Witnesses } from './witnesses.ts';
import { PostgresWrites } from './writes.ts';

/** Where the database is, and what bounds the store. */
export interface PostgresOptions {
  /** `postgres://user@host/database`; a password is better in `PGPASSWORD` or `~/.pgpass`, as libpq has them. */
  readonly url: string;
  readonly log: Log;
  /** Bytes of JSON that a task's transcript may have; 256 Mi by default. */
  readonly transcriptLimit?: number;
}

/** A store that several processes share, and what else they share with it. */
export interface SharedDatabase {
  readonly store: Store;
  readonly db: Kysely<SharedSchema>;
  readonly notices: Notices;
  /** What tells this database from every other. */
  readonly name: string;
}

/**
 * Opens the store of several servers and workers, in a database of its own on Postgres 13 or newer.
 *
 * @throws PREFISH_SERVER_START where the database does not let this process in, PREFISH_STORE_VERSION
 */
export async function openPostgres({
  url,
  log,
  transcriptLimit = defaultTranscriptLimit,
}: PostgresOptions): Promise<SharedDatabase> {
  const db = new Kysely<SharedSchema>({ dialect: postgresDialect(url) });
  const listeners = new Set<(change: StoreChange) => void>();
  const newest = new NewestFirst();
  const emit = (change: StoreChange): void => {
    const told = newest.take(change);
    for (const listener of listeners) listener(told);
  };
  const notices = new Notices({ url, db, changed: emit, log });
  const witnesses = new Witnesses(db);
  const writes = new PostgresWrites({ db, notices, witnesses, emit });
  let name: string;
  try {
    name = await migrate(db);
    await witnesses.forget();
    await notices.open();
  } catch (error) {
    await db.destroy();
    throw startError(error);
  }

  const store = createSqlStore({
    reader: db as unknown as Parameters<typeof createSqlStore>[0]['reader'],
    writes,
    clock: postgresClock,
    transcriptLimit,
    read: (query) => writes.read(query),
    // Postgres looks after the room of removed rows itself.
    free: async () => 0,
    compact: async () => {},
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      writes.close();
      await writes.idle();
      await notices.close();
      await db.destroy();
    },
  });
  return { store: ofThisKernel(store), db, notices, name };
}

/** A store that tells the processes of this machine from those of others. */
function ofThisKernel(store: Store): Store {
  const prefix = `${kernel()} `;
  return {
    ...store,
    recordProcess: (process) => store.recordProcess({ ...process, startTime: prefix + process.startTime }),
    async processes() {
      const own = (await store.processes()).filter(({ startTime }) => startTime.startsWith(prefix));
      return own.map((process) => ({ ...process, startTime: process.startTime.slice(prefix.length) }));
    },
  };
}

/** By what pids of one machine, since its start, are told from those of others. */
function kernel(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return hostname();
  }
}

function startError(error: unknown): unknown {
  const translated = postgresError(error);
  if (translated !== error) return translated;
  return new PrefishError('PREFISH_SERVER_START', `The database cannot be used: ${errorMessage(error)}`, {
    hint: 'It takes a database of its own, and a user who may make tables in it: postgres://prefish@db.example.com/prefish',
    cause: error,
  });
}
