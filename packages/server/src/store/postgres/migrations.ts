import { randomUUID } from 'node:crypto';
import { PrefishError } from '@prefish/protocol';
import { sql, type Kysely, type Transaction } from 'kysely';

/**
 * What brings a Postgres database from each version to the next. Only ever appended to. The first one makes what
 * the first four of SQLite (`../migrations.ts`) do, and each later one what one of SQLite does; a test sees that the
 * tables stay the same.
 *
 * Ids and dates are compared byte by byte, as SQLite does, whatever the language of the database.
 */
export const migrations: readonly string[] = [
  `
  create table owners (
    name text collate "C" primary key,
    last_number bigint not null
  );

  create table tasks (
    number bigint generated always as identity primary key,
    id text collate "C" not null unique,
    repo text collate "C" not null,
    request text not null,
    place text not null,
    sandbox text not null,
    state text collate "C" not null,
    reason text,
    attempt integer not null default 0,
    started integer not null default 0,
    cancel_requested integer not null default 0,
    losses integer not null default 0,
    worker text,
    lease_until double precision,
    last_seq bigint not null default 0,
    transcript bigint not null default 0,
    created_at text collate "C" not null,
    started_at text collate "C",
    ended_at text collate "C",
    exit text,
    result text,
    owner text collate "C" not null,
    own_number bigint not null
  );
  create index tasks_by_state on tasks (state, number);
  create index tasks_by_end on tasks (ended_at) where ended_at is not null;
  create unique index tasks_by_owner on tasks (owner, own_number);
  create index tasks_by_owner_and_state on tasks (owner, state, own_number);
  create index tasks_by_owner_and_repo on tasks (owner, repo, own_number);

  create table events (
    task bigint not null references tasks (number) on delete cascade,
    seq bigint not null,
    at text not null,
    body text not null,
    primary key (task, seq)
  );

  create table dependencies (
    task bigint not null references tasks (number) on delete cascade,
    awaits bigint not null references tasks (number) on delete cascade,
    any_end integer not null default 0,
    primary key (task, awaits)
  );
  create index dependencies_by_awaited on dependencies (awaits);

  create table processes (
    task bigint not null references tasks (number) on delete cascade,
    attempt integer not null,
    pid bigint not null,
    start_time text not null,
    primary key (task, attempt, pid)
  );

  create table enclosures (
    task bigint primary key references tasks (number) on delete cascade,
    body text not null
  );

  create table messages (
    number bigint generated always as identity primary key,
    task bigint not null references tasks (number) on delete cascade,
    text text not null
  );
  create index messages_by_task on messages (task);

  create table inputs (
    number bigint generated always as identity primary key,
    task bigint not null references tasks (number) on delete cascade,
    body text not null,
    answer text
  );
  create index inputs_by_task on inputs (task);

  create table workers (
    name text collate "C" primary key,
    concurrency integer not null,
    seen_at double precision not null
  );
  `,
  `
  alter table tasks add column brought bigint not null default 0;
  update tasks set brought = length(request)
    + coalesce((select length(body) from enclosures where task = number), 0)
    + coalesce((select sum(length(text)) from messages where task = tasks.number), 0);

  alter table owners add column claimed_at double precision not null default 0;
  `,
  `
  create table witnesses (
    slot text collate "C" primary key,
    token bigint not null,
    written_at double precision not null
  );
  `,
];

/** Of all who bring the same database up to date at the same time, one does. */
const migrationLock = 7_733_474;

/**
 * Brings a database to the newest version; one of a newer version is left exactly as it is. Returns the name that
 * the database has by chance, and no other has.
 *
 * @throws PREFISH_STORE_VERSION
 */
export async function migrate<Schema>(db: Kysely<Schema>): Promise<string> {
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(transaction);
    await sql`create table if not exists prefish_database (version integer not null, name text not null)`.execute(
      transaction,
    );
    const { version, name } = (await noted(transaction)) ?? { version: 0, name: randomUUID() };
    if (version > migrations.length) {
      throw new PrefishError(
        'PREFISH_STORE_VERSION',
        `The database has version ${version}; this prefish knows ${migrations.length}.`,
        { hint: 'Update prefish on this host.' },
      );
    }
    for (const migration of migrations.slice(version)) await sql.raw(migration).execute(transaction);
    if (version < migrations.length) {
      await sql`delete from prefish_database`.execute(transaction);
      await sql`insert into prefish_database values (${migrations.length}, ${name})`.execute(transaction);
    }
    return name;
  });
}

async function noted<Schema>(
  transaction: Transaction<Schema>,
): Promise<{ readonly version: number; readonly name: string } | undefined> {
  const query = sql<{ version: number; name: string }>`select version, name from prefish_database`;
  return (await query.execute(transaction)).rows[0];
}
