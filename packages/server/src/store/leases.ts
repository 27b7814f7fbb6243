import type { SandboxKind } from '@prefish/protocol';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Write } from './writes.ts';
import { enclosure } from './lookup.ts';
import type { Schema } from './schema.ts';
import type { Claim, Lease, RecordedProcess } from './store.ts';
import { type TaskRow, toStoredTask } from './task-row.ts';
import { messagesOf } from './messages.ts';
import { changeTask, currentAttempt } from './transcript.ts';

/** The states in which a worker holds a task. */
const running = ['working', 'input-required'] as const;

function leaseUntil({ clock }: Write, seconds: number): RawBuilder<number> {
  return sql<number>`${clock} + ${seconds}`;
}

/** {@link import('./store.ts').Store.claim} */
export async function claim(
  write: Write,
  worker: string,
  leaseSeconds: number,
  mostOfOwner: number | undefined,
): Promise<Claim | undefined> {
  const row = await nextSubmitted(write.db, mostOfOwner);
  if (row === undefined) return undefined;
  await write.db
    .updateTable('owners')
    .set({ claimed_at: write.clock })
    .where('name', '=', row.owner)
    .execute();
  const claimed = await changeTask(
    write,
    row,
    {
      state: 'working',
      reason: null,
      attempt: row.attempt + 1,
      started: 0,
      started_at: write.now,
      worker,
      lease_until: leaseUntil(write, leaseSeconds),
    },
    [{ type: 'state', state: 'working' }],
  );
  const [enclosed, messages] = [
    await enclosure(write.db, claimed.id),
    await messagesOf(write.db, claimed.number),
  ];
  return {
    ...toStoredTask(claimed),
    attempt: claimed.attempt,
    ...(enclosed !== undefined && { enclosed }),
    ...(messages.length > 0 && { messages }),
  };
}

async function nextSubmitted(db: Kysely<Schema>, mostOfOwner?: number): Promise<TaskRow | undefined> {
  for (const owner of await ownersInTurn(db)) {
    if (mostOfOwner !== undefined && (await runningOf(db, owner)) >= mostOfOwner) continue;
    const row = await oldestSubmitted(db, owner);
    if (row !== undefined) return row;
  }
  return undefined;
}

/** Those who have submitted tasks, the one whose turn it is at the beginning. */
async function ownersInTurn(db: Kysely<Schema>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('owners')
    .select('name')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('tasks')
          .select('number')
          .whereRef('owner', '=', 'owners.name')
          .where('state', '=', 'submitted'),
      ),
    )
    .orderBy(({ selectFrom, fn }) =>
      selectFrom('tasks')
        .select(fn.countAll().as('running'))
        .whereRef('owner', '=', 'owners.name')
        .where('state', 'in', running),
    )
    .orderBy('claimed_at')
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}

/** Whoever else takes a task of the same owner waits, so that together they take no more than they may. */
async function runningOf(db: Kysely<Schema>, owner: string): Promise<number> {
  await db.selectFrom('owners').select('name').where('name', '=', owner).forUpdate().execute();
  const { count } = await db
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner', '=', owner)
    .where('state', 'in', running)
    .executeTakeFirstOrThrow();
  return count;
}

function oldestSubmitted(db: Kysely<Schema>, owner: string): Promise<TaskRow | undefined> {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('owner', '=', owner)
    .where('state', '=', 'submitted')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('dependencies').select('awaits').whereRef('dependencies.task', '=', 'tasks.number'),
        ),
      ),
    )
    .orderBy('own_number')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** {@link import('./store.ts').Store.beat} */
export async function beat(
  write: Write,
  id: string,
  attempt: number,
  leaseSeconds: number,
): Promise<'held' | 'lost' | 'cancel'> {
  const row = await write.db
    .updateTable('tasks')
    .set({ lease_until: leaseUntil(write, leaseSeconds) })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', 'in', running)
    .returning('cancel_requested')
    .executeTakeFirst();
  if (row === undefined) return 'lost';
  return row.cancel_requested === 1 ? 'cancel' : 'held';
}

/** {@link import('./store.ts').Store.markStarted} */
export async function markStarted(
  write: Write,
  id: string,
  attempt: number,
  sandbox: SandboxKind,
): Promise<void> {
  const row = await currentAttempt(write.db, id, attempt);
  await changeTask(write, row, { started: 1, sandbox }, []);
}

/** {@link import('./store.ts').Store.setWaiting} */
export async function setWaiting(write: Write, id: string, attempt: number, waiting: boolean): Promise<void> {
  const row = await currentAttempt(write.db, id, attempt);
  const state = waiting ? 'input-required' : 'working';
  if (row.state === state) return;
  await changeTask(write, row, { state }, [{ type: 'state', state }]);
}

/** {@link import('./store.ts').Store.expired} */
export function expired(
  db: Kysely<Schema>,
  clock: RawBuilder<number>,
  { everything, worker }: { readonly everything: boolean; readonly worker?: string },
): Promise<readonly Lease[]> {
  return db
    .selectFrom('tasks')
    .select(['id', 'attempt', 'lease_until as until'])
    .where('state', 'in', running)
    .$if(!everything, (query) => query.where('lease_until', '<', clock))
    .$if(worker !== undefined, (query) => query.where('worker', '=', worker!))
    .orderBy('number')
    .execute();
}

/** {@link import('./store.ts').Store.recordProcess} */
export async function recordProcess({ db }: Write, process: RecordedProcess): Promise<void> {
  const { number: task } = await currentAttempt(db, process.id, process.attempt);
  await db
    .insertInto('processes')
    .values({ task, attempt: process.attempt, pid: process.pid, start_time: process.startTime })
    .onConflict((conflict) =>
      conflict.columns(['task', 'attempt', 'pid']).doUpdateSet({ start_time: process.startTime }),
    )
    .execute();
}

/** {@link import('./store.ts').Store.processes} */
export function processes(db: Kysely<Schema>): Promise<readonly RecordedProcess[]> {
  return db
    .selectFrom('processes')
    .innerJoin('tasks', 'tasks.number', 'processes.task')
    .select(['tasks.id', 'processes.attempt', 'processes.pid', 'processes.start_time as startTime'])
    .execute();
}
