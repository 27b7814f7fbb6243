import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { PrefishError } from '@prefish/protocol';
import { migrations as taskMigrations } from './migrations.ts';
import { keepPrivate, takeFromOthers } from './private-file.ts';
import { storeError } from './store-error.ts';

/** How long a statement waits for another process's lock, in milliseconds. */
const busyTimeout = 5000;

/** The two connections to a database file: committed data is read beside a transaction that is being written. */
export interface DatabaseFile {
  readonly writer: DatabaseSync;
  readonly reader: DatabaseSync;
}

/** What a database file holds. */
export interface DatabaseContent {
  /** What brings it from each version to the next. Only ever appended to. */
  readonly migrations: readonly string[];
  /** The table that is checked after a crash. */
  readonly checked: string;
}

const tasks: DatabaseContent = { migrations: taskMigrations, checked: 'tasks' };

/**
 * Opens a database file, made when absent, private to its owner, and brings it to the newest version. A file that is
 * damaged or of a newer version is left as it is.
 *
 * @throws PREFISH_STORE_CORRUPT, PREFISH_STORE_VERSION, PREFISH_NO_SPACE
 */
export function openDatabaseFile(path: string, content: DatabaseContent = tasks): DatabaseFile {
  let writer: DatabaseSync | undefined;
  try {
    keepPrivate(path);
    // What SQLite makes beside it gets its mode; what a killed process left has an older one.
    for (const beside of ['-wal', '-shm']) takeFromOthers(`${path}${beside}`);
    if (statSync(path).size > 0) inspect(path, content);
    writer = new DatabaseSync(path, { timeout: busyTimeout, enableForeignKeyConstraints: true });
    writer.exec('pragma journal_mode = wal; pragma synchronous = full;');
    migrate(writer, content.migrations);
    const reader = new DatabaseSync(path, { timeout: busyTimeout, readOnly: true });
    return { writer, reader };
  } catch (error) {
    writer?.close();
    throw storeError(error, path);
  }
}

/** Looks at an existing file through a connection that cannot write, so that not even a checkpoint touches it. */
function inspect(path: string, { migrations, checked }: DatabaseContent): void {
  const unclean = existsSync(`${path}-wal`);
  const database = new DatabaseSync(path, { timeout: busyTimeout, readOnly: true });
  try {
    const version = userVersion(database);
    if (version > migrations.length) {
      throw new PrefishError(
        'PREFISH_STORE_VERSION',
        `The database ${path} has version ${version}; this prefish knows ${migrations.length}.`,
        { hint: 'Update prefish, or move the file away to begin with an empty one.' },
      );
    }
    database.prepare('select name from sqlite_schema').all();
    if (unclean && version > 0) checkTable(database, checked, path);
  } finally {
    database.close();
  }
}

/** After a crash one table is checked; others may be large (events), and a damaged page of theirs is found when it is read. */
function checkTable(database: DatabaseSync, table: string, path: string): void {
  const [finding] = database.prepare(`pragma quick_check(${table})`).all();
  const text = String(Object.values(finding ?? {})[0]);
  if (text === 'ok') return;
  throw storeError(Object.assign(new Error(text), { errcode: 11 }), path);
}

function userVersion(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version']);
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  database.exec('begin immediate');
  try {
    const version = userVersion(database);
    for (const migration of migrations.slice(version)) database.exec(migration);
    if (version < migrations.length) database.exec(`pragma user_version = ${migrations.length}`);
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}
