import { Kysely } from 'kysely';
import { openDatabaseFile } from './database-file.ts';
import { GroupCommit } from './group-commit.ts';
import type { Schema } from './schema.ts';
import { createSqlStore, defaultTranscriptLimit } from './sql-store.ts';
import { sqliteClock, sqliteDialect } from './sqlite-dialect.ts';
import { storeError } from './store-error.ts';
import type { Store, StoreChange } from './store.ts';

/** Where the store is, and what bounds it. */
export interface SqliteStoreOptions {
  /** The database file; made when absent. */
  readonly path: string;
  /** Bytes of JSON that a task's transcript may have; 256 Mi by default. */
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
    clock: sqliteClock,
    translate,
    emit: (change) => {
      for (const listener of listeners) listener(change);
    },
  });

  return createSqlStore({
    reader,
    writes: commit,
    clock: sqliteClock,
    transcriptLimit,
    async read(query) {
      try {
        return await query();
      } catch (error) {
        throw translate(error);
      }
    },
    async free() {
      const [row] = file.reader
        .prepare('select freelist_count * page_size as bytes from pragma_freelist_count, pragma_page_size')
        .all();
      return Number(row?.['bytes']);
    },
    async compact() {
      await commit.idle();
      file.writer.exec('vacuum; pragma wal_checkpoint(truncate);');
    },
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
  });
}
