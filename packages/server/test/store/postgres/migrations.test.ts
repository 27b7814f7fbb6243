import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql, Kysely } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { needs } from '../../../../../test/support/needs.ts';
import { startPostgres, type Postgres } from '../../../../../test/support/postgres.ts';
import { postgresDialect } from '../../../src/store/postgres/connect.ts';
import { migrate, migrations } from '../../../src/store/postgres/migrations.ts';
import { openPostgres } from '../../../src/store/postgres/open-postgres.ts';
import { openSqliteStore } from '../../../src/store/sqlite-store.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { request } from '../../fixtures/request.ts';

needs('postgres');
let postgres: Postgres | undefined;
afterAll(() => postgres?.[Symbol.asyncDispose]());

/** Tables that only processes which share a database need. */
const shared = ['inputs', 'workers', 'witnesses', 'prefish_database'];

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
  await expect(migrate(db)).rejects.toMatchObject({
    code: 'PREFISH_STORE_VERSION',
    message: expect.stringMatching(/has version 99; this prefish knows \d+/),
    hint: expect.stringContaining('Update prefish'),
  });
  await db.destroy();
});

const versions = migrations.map((_migration, index) => index).slice(1);

test.each(versions)('a database of version %i opens, and its tasks go on', async (version) => {
  postgres ??= await startPostgres();
  const url = await postgres.database(`version${version}`);
  const db = new Kysely<unknown>({ dialect: postgresDialect(url) });
  for (const migration of migrations.slice(0, version)) await sql.raw(migration).execute(db);
  await sql`create table prefish_database (version integer not null, name text not null)`.execute(db);
  await sql`insert into prefish_database values (${version}, 'earlier')`.execute(db);
  const [runs, waits] = [request(), request()];
  for (const [index, each] of [runs, waits].entries()) {
    await sql`insert into tasks (id, repo, request, place, sandbox, state, attempt, created_at, owner, own_number)
      values (${each.id}, ${each.repo}, ${JSON.stringify(each)}, 'here', 'bwrap',
        ${index === 0 ? 'working' : 'submitted'}, ${1 - index}, '2026-01-01T00:00:00.000Z', 'ada', ${index + 1})`.execute(
      db,
    );
  }
  await sql`insert into owners (name, last_number) values ('ada', 2)`.execute(db);
  await db.destroy();

  const { store, name } = await openPostgres({ url, log: () => {} });
  try {
    expect(name).toBe('earlier');
    // Counted once when the column came, and with each task from then on.
    if (version < 2) expect(await store.size('ada')).toBeGreaterThan(JSON.stringify(waits).length);
    expect((await store.get(runs.id)).request).toEqual(runs);
    await store.finish(runs.id, 1, { state: 'completed', exit: { code: 0 } });
    expect((await store.claim('worker', 10))?.task.id).toBe(waits.id);
    const defaults = { owner: 'ada', place: 'here', sandbox: 'bwrap', most: 2 } as const;
    expect((await store.submit(request(), defaults)).task.number).toBe(3);
  } finally {
    await store.close();
  }
});
