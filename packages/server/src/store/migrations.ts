/**
 * What brings a database from each version to the next; the database's `user_version` counts how
 * many of them it has had. Only ever appended to.
 */
export const migrations: readonly string[] = [
  `
  create table tasks (
    number integer primary key autoincrement,
    id text not null unique,
    repo text not null,
    request text not null,
    place text not null,
    sandbox text not null,
    state text not null,
    reason text,
    attempt integer not null default 0,
    started integer not null default 0,
    cancel_requested integer not null default 0,
    losses integer not null default 0,
    worker text,
    lease_until real,
    last_seq integer not null default 0,
    transcript integer not null default 0,
    created_at text not null,
    started_at text,
    ended_at text,
    exit text,
    result text
  ) strict;
  create index tasks_by_state on tasks (state, number);
  create index tasks_by_repo on tasks (repo, number);

  create table events (
    task integer not null references tasks (number) on delete cascade,
    seq integer not null,
    at text not null,
    body text not null,
    primary key (task, seq)
  ) strict;

  create table dependencies (
    task integer not null references tasks (number) on delete cascade,
    awaits integer not null references tasks (number) on delete cascade,
    primary key (task, awaits)
  ) strict, without rowid;
  create index dependencies_by_awaited on dependencies (awaits);

  create table processes (
    task integer not null references tasks (number) on delete cascade,
    attempt integer not null,
    pid integer not null,
    start_time text not null,
    primary key (task, attempt, pid)
  ) strict, without rowid;
  `,
  `
  create table enclosures (
    task integer primary key references tasks (number) on delete cascade,
    body text not null
  ) strict;
  `,
  `
  alter table dependencies add column any_end integer not null default 0;

  create table messages (
    number integer primary key autoincrement,
    task integer not null references tasks (number) on delete cascade,
    text text not null
  ) strict;
  create index messages_by_task on messages (task);

  create index tasks_by_end on tasks (ended_at) where ended_at is not null;
  `,
  `
  alter table tasks add column owner text not null default '';
  alter table tasks add column own_number integer not null default 0;
  update tasks set own_number = number;

  create table owners (
    name text primary key,
    last_number integer not null
  ) strict, without rowid;
  insert into owners select '', seq from sqlite_sequence where name = 'tasks';

  create unique index tasks_by_owner on tasks (owner, own_number);
  create index tasks_by_owner_and_state on tasks (owner, state, own_number);
  create index tasks_by_owner_and_repo on tasks (owner, repo, own_number);
  drop index tasks_by_repo;
  `,
  `
  alter table tasks add column brought integer not null default 0;
  update tasks set brought = length(request)
    + coalesce((select length(body) from enclosures where task = number), 0)
    + coalesce((select sum(length(text)) from messages where task = tasks.number), 0);

  alter table owners add column claimed_at real not null default 0;
  `,
];
