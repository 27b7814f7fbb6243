import { PrefishError, formatBytes, type Event, type EventBody } from '@prefish/protocol';
import { sql, type Kysely, type UpdateObject } from 'kysely';
import type { Write } from './writes.ts';
import type { Schema } from './schema.ts';
import { type TaskRow, toTask } from './task-row.ts';

/** Rows of one insert statement. */
const chunk = 100;
/** Rows that are read before it is known how long they are. */
const fewEvents = 50;

/** Writes events after `lastSeq`; returns the `seq` of the last. */
async function insertEvents(
  { db, now }: Write,
  task: number,
  lastSeq: number,
  bodies: readonly string[],
): Promise<number> {
  let seq = lastSeq;
  for (let start = 0; start < bodies.length; start += chunk) {
    const rows = bodies.slice(start, start + chunk).map((body) => ({ task, seq: ++seq, at: now, body }));
    await db.insertInto('events').values(rows).execute();
  }
  return seq;
}

/** Changes a task together with the events that tell of it, and tells those who follow. Returns the row as it is now. */
export async function changeTask(
  write: Write,
  row: TaskRow,
  set: Omit<UpdateObject<Schema, 'tasks'>, 'last_seq'>,
  events: readonly EventBody[],
): Promise<TaskRow> {
  const bodies = events.map((event) => JSON.stringify(event));
  const lastSeq = await insertEvents(write, row.number, row.last_seq, bodies);
  const changed = await write.db
    .updateTable('tasks')
    .set({ ...set, last_seq: lastSeq })
    .where('number', '=', row.number)
    .returningAll()
    .executeTakeFirstOrThrow();
  write.notify({ id: row.id, owner: row.owner, task: toTask(changed), seq: lastSeq });
  return changed;
}

/** The row of a task whose current attempt is `attempt` and has not ended. @throws PREFISH_STALE_ATTEMPT */
export async function currentAttempt(db: Kysely<Schema>, id: string, attempt: number): Promise<TaskRow> {
  return (await findCurrentAttempt(db, id, attempt)) ?? refuseStale(id, attempt);
}

/** As {@link currentAttempt}; `undefined` for a stale attempt. */
export function findCurrentAttempt(
  db: Kysely<Schema>,
  id: string,
  attempt: number,
): Promise<TaskRow | undefined> {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', 'in', ['working', 'input-required'])
    .forUpdate()
    .executeTakeFirst();
}

function refuseStale(id: string, attempt: number): never {
  throw new PrefishError(
    'PREFISH_STALE_ATTEMPT',
    `Attempt ${attempt} at task ${id} is no longer the current one.`,
  );
}

/**
 * Writes what an attempt reports. `limit` bounds the transcript, in bytes of JSON: what goes
 * past it is dropped after one `warning`, and the task goes on. Resolves with the number of the first event.
 */
export async function append(
  write: Write,
  id: string,
  attempt: number,
  events: readonly EventBody[],
  limit: number,
): Promise<number> {
  const row = await write.db
    .selectFrom('tasks')
    .select(['number', 'owner', 'last_seq', 'transcript'])
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', 'in', ['working', 'input-required'])
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) refuseStale(id, attempt);
  const { bodies, length } = withinLimit(events, row.transcript, limit);
  const first = row.last_seq + 1;
  if (bodies.length === 0) return first;
  const lastSeq = await insertEvents(write, row.number, row.last_seq, bodies);
  await write.db
    .updateTable('tasks')
    .set({ last_seq: lastSeq, transcript: length })
    .where('number', '=', row.number)
    .execute();
  write.notify({ id, owner: row.owner });
  return first;
}

function withinLimit(
  events: readonly EventBody[],
  before: number,
  limit: number,
): { bodies: readonly string[]; length: number } {
  const bodies: string[] = [];
  let length = before;
  for (const event of events) {
    if (length > limit) break;
    const body = JSON.stringify(event);
    length += Buffer.byteLength(body);
    bodies.push(length > limit ? JSON.stringify(truncation(limit)) : body);
  }
  return { bodies, length };
}

function truncation(limit: number): EventBody {
  return {
    type: 'warning',
    code: 'PREFISH_LIMIT',
    message: `The transcript has reached ${formatBytes(limit)}; what the task prints from here on is not kept. The task itself goes on.`,
    hint: 'Send the output to a file: it comes back with the result.',
  };
}

/** Events with `seq > after`, in order; stops after `limit` events or once `maxLength` characters are reached. */
export async function readEvents(
  db: Kysely<Schema>,
  id: string,
  after: number,
  limit: number,
  maxLength: number,
): Promise<readonly Event[]> {
  const events: Event[] = [];
  let length = 0;
  // A few first: how long they are says how many more are worth reading.
  for (let count = Math.min(fewEvents, limit); count > 0;) {
    const rows = await db
      .selectFrom('events')
      .select(['seq', 'at', 'body'])
      .where('task', '=', (task) => task.selectFrom('tasks').select('number').where('id', '=', id))
      .where('seq', '>', events.at(-1)?.seq ?? after)
      .orderBy('seq')
      .limit(sql.lit(count))
      .execute();
    for (const { seq, at, body } of rows) {
      events.push({ seq, at, task: id, ...(JSON.parse(body) as EventBody) });
      length += body.length;
      if (length >= maxLength) return events;
    }
    if (rows.length < count) break;
    const fitting = Math.ceil((maxLength - length) / (length / events.length));
    count = Math.min(fitting, limit - events.length);
  }
  return events;
}
