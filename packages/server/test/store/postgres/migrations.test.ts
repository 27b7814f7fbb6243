import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql, Kysely } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { needs } from '../../../../../test/support/needs.ts';
import { startPostgres, type Postgres } from '../../../../../test/support/postgres.ts';
import { postgresDialect } from '../../../src/store/postgres/connect.ts';
import { migrate } from '../../../src/store/postgres/migrations.ts';
import { openSqliteStore } from '../../../src/store/sqlite-store.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';

needs('postgres');
let postgres: Postgres | undefined;
afterAll(() => postgres?.[Symbol.asyncDispose]());

/** Tables that only processes which share a database need. */
const shared = ['inputs', 'workers', 'prefish_database'];

test('make the same tables as in SQLite, once, however many ask; a newer database stays as it is', async () => {
  postgres ??= await startPostgres();
  const db = new Kysely<unknown>({ dialect: postgresDialect(await postgres.database('tables')) });
  const names = await Promise.all([1, 2, 3].map(() => migrate(db)));
  expect(new Set(names).size).toBe(1);
  const { rows } = await sql<{ column: string }>`
    select table_name || '.' || column_name as column from information_schema.columns
    where table_schema = 'public'`.execute(db);
  const columns = rows.map(({ column }) => column).filter((one) => !shared.includes(one.split('.')[0]!));

  using folder = temporaryFolder();
  const path = join(folder.path, 'tasks.db');
  await openSqliteStore({ path }).close();
  const file = new DatabaseSync(path, { readOnly: true });
  const inFile = file
    .prepare(
      `select t.name || '.' || c.name as column from sqlite_schema t, pragma_table_info(t.name) c
       where t.type = 'table' and t.name not like 'sqlite_%'`,
    )
    .all();
  file.close();
  expect(columns.toSorted()).toEqual(inFile.map(({ column }) => String(column)).toSorted());

  await sql`update prefish_database set version = 99`.execute(db);
  await expect(migrate(db)).rejects.toMatchObject({ code: 'PREFISH_STORE_VERSION' });
  await db.destroy();
});
