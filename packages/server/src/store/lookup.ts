import {
  PrefishError,
  isFinal,
  type Enclosure,
  type TaskCounts,
  type TaskPage,
  type TaskState,
} from '@prefish/protocol';
import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { Schema } from './schema.ts';
import type { EndedTask, ListQuery } from './store.ts';
import { type TaskRow, toTask } from './task-row.ts';

/** Sorts after every character that an id may hold. */
const afterIds = '~';
/** How much of requests is read for a page of a list, in bytes. */
const longestPage = 16 * 2 ** 20;
/** How many ids one query names. */
const idsAtOnce = 1000;

/** The row of an owner’s task that a reference names: an id, a number, a unique beginning of an id, or `@last`. */
export async function find(db: Kysely<Schema>, owner: string, reference: string): Promise<TaskRow> {
  const rows = await candidates(db, owner, reference);
  const [row] = rows;
  if (row === undefined) throw notFound(reference);
  if (rows.length === 1 || row.id === reference) return row;
  throw new PrefishError('PREFISH_TASK_AMBIGUOUS', `Several tasks have ids that begin with ${reference}.`, {
    hint: 'Give more characters of the id, or its number.',
  });
}

function candidates(db: Kysely<Schema>, owner: string, reference: string): Promise<readonly TaskRow[]> {
  const tasks = db.selectFrom('tasks').selectAll().where('owner', '=', owner);
  if (reference === '@last') return tasks.orderBy('own_number', 'desc').limit(1).execute();
  if (/^[0-9]{1,15}$/.test(reference)) return tasks.where('own_number', '=', Number(reference)).execute();
  if (!/^t[a-z2-9]*$/.test(reference)) return Promise.resolve([]);
  return tasks
    .where('id', '>=', reference)
    .where('id', '<', reference + afterIds)
    .orderBy('id')
    .limit(2)
    .execute();
}

/** The row of a task by its whole id. @throws PREFISH_TASK_NOT_FOUND */
export async function byId(db: Kysely<Schema>, id: string): Promise<TaskRow> {
  const row = await db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(id);
  return row;
}

/** As {@link byId}, of a task that is about to be changed. */
export async function byIdForUpdate(db: Kysely<Schema>, id: string): Promise<TaskRow> {
  const row = await db.selectFrom('tasks').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound(id);
  return row;
}

/** {@link import('./store.ts').Store.enclosure} */
export async function enclosure(db: Kysely<Schema>, id: string): Promise<Enclosure | undefined> {
  const row = await db
    .selectFrom('enclosures')
    .innerJoin('tasks', 'tasks.number', 'enclosures.task')
    .select('body')
    .where('tasks.id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(row.body) as Enclosure);
}

function notFound(reference: string): PrefishError {
  return new PrefishError('PREFISH_TASK_NOT_FOUND', `There is no task ${reference}.`, {
    hint: 'prefish tasks ls lists them.',
  });
}

/** {@link import('./store.ts').Store.list} */
export async function list(db: Kysely<Schema>, query: ListQuery): Promise<TaskPage> {
  const { owner, state, repo, limit, cursor } = query;
  if (cursor !== undefined && !/^[0-9]{1,15}$/.test(cursor)) {
    throw new PrefishError('PREFISH_REQUEST_INVALID', `cursor: expected the next of a page, found ${cursor}`);
  }
  const wanted = db
    .selectFrom('tasks')
    .where('owner', '=', owner)
    .$if(state !== undefined, (tasks) => tasks.where('state', 'in', state!))
    .$if(repo !== undefined, (tasks) => tasks.where('repo', '=', repo!));
  const ordered = wanted
    .$if(cursor !== undefined, (tasks) => tasks.where('own_number', '<', Number(cursor)))
    .orderBy('own_number', 'desc');
  const found = await ordered
    .select(({ fn }) => fn<number>('octet_length', ['request']).as('length'))
    .limit(limit + 1)
    .execute();
  const fitting = Math.min(limit, countWithin(longestPage, found));
  const page = await ordered.selectAll().limit(fitting).execute();
  const last = page.at(-1);
  return {
    tasks: page.map(toTask),
    ...(found.length > fitting && last !== undefined && { next: String(last.own_number) }),
    ...(query.counts === true && { counts: await countsOf(wanted) }),
  };
}

/** How many of these are not longer than `most` together: at least one, where there is any. */
function countWithin(most: number, found: readonly { readonly length: number }[]): number {
  let total = 0;
  const tooMuch = found.findIndex(({ length }) => (total += length) > most);
  return tooMuch < 0 ? found.length : Math.max(1, tooMuch);
}

async function countsOf(wanted: SelectQueryBuilder<Schema, 'tasks', object>): Promise<TaskCounts> {
  const rows = await wanted
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const sum = (counted: typeof rows): number => counted.reduce((total, { count }) => total + count, 0);
  return { total: sum(rows), active: sum(rows.filter((row) => !isFinal(row.state))) };
}

/** {@link import('./store.ts').Store.ended} */
export async function ended(
  db: Kysely<Schema>,
  { before, limit }: { readonly before?: string; readonly limit: number },
): Promise<readonly EndedTask[]> {
  const rows = await db
    .selectFrom('tasks')
    .select(['id', 'owner', 'repo', 'ended_at', 'transcript'])
    .where('ended_at', 'is not', null)
    .$if(before !== undefined, (tasks) => tasks.where('ended_at', '<', before!))
    .orderBy('ended_at')
    .limit(limit)
    .execute();
  return rows.map(({ ended_at, ...task }) => ({ ...task, endedAt: ended_at! }));
}

/** {@link import('./store.ts').Store.counts} */
export async function counts(
  db: Kysely<Schema>,
  owner?: string,
): Promise<{ submitted: number; working: number }> {
  const rows = await db
    .selectFrom('tasks')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .where('state', 'in', ['submitted', 'working', 'input-required'])
    .$if(owner !== undefined, (tasks) => tasks.where('owner', '=', owner!))
    .groupBy('state')
    .execute();
  const of = (state: string): number => rows.find((row) => row.state === state)?.count ?? 0;
  return { submitted: of('submitted'), working: of('working') + of('input-required') };
}

/** {@link import('./store.ts').Store.states} */
export async function states(db: Kysely<Schema>): Promise<Partial<Record<TaskState, number>>> {
  const rows = await db
    .selectFrom('tasks')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** {@link import('./store.ts').Store.size} */
export async function size(db: Kysely<Schema>, owner: string): Promise<number> {
  const { transcripts, brought } = await db
    .selectFrom('tasks')
    .select(({ fn }) => [
      fn.sum<number | null>('transcript').as('transcripts'),
      fn.sum<number | null>('brought').as('brought'),
    ])
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow();
  return (transcripts ?? 0) + (brought ?? 0);
}

/** {@link import('./store.ts').Store.ownedBy} */
export async function ownedBy(
  db: Kysely<Schema>,
  owner: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const owned: string[] = [];
  for (let start = 0; start < ids.length; start += idsAtOnce) {
    const some = ids.slice(start, start + idsAtOnce);
    const found = db.selectFrom('tasks').select('id').where('owner', '=', owner).where('id', 'in', some);
    owned.push(...(await found.execute()).map(({ id }) => id));
  }
  return owned;
}
