import { PrefishError, formatBytes, isFinal, type AccountLimits, type Enclosure } from '@prefish/protocol';
import { end } from './endings.ts';
import { counts } from './lookup.ts';
import type { Write } from './writes.ts';
import type { KeptRequest, SubmissionDefaults } from './store.ts';
import type { TaskRow } from './task-row.ts';
import { changeTask } from './transcript.ts';

/** How long a request may be, as JSON, in bytes: it is read whenever its task is looked at. */
const longestRequest = 2 ** 20;

/** {@link import('./store.ts').Store.submit} */
export async function submit(
  write: Write,
  request: KeptRequest,
  defaults: SubmissionDefaults,
  enclosed?: Enclosure,
): Promise<{ row: TaskRow; created: boolean }> {
  const { owner, place, sandbox } = defaults;
  const [kept, body] = [JSON.stringify(request), enclosed === undefined ? '' : JSON.stringify(enclosed)];
  if (Buffer.byteLength(kept) > longestRequest) {
    throw new PrefishError(
      'PREFISH_REQUEST_TOO_LARGE',
      `The line, its variables and its options have more than ${formatBytes(longestRequest)} together.`,
      { hint: 'Put what is long into a file of the repository.' },
    );
  }
  const known = await write.db
    .selectFrom('tasks')
    .selectAll()
    .where('id', '=', request.id)
    .executeTakeFirst();
  if (known !== undefined) {
    if (known.owner === owner) return { row: known, created: false };
    throw new PrefishError('PREFISH_REQUEST_INVALID', 'id: must be a new one');
  }

  const { after = [], afterAny = [] } = request.options;
  const awaited = await awaitedTasks(write, owner, [...new Set([...after, ...afterAny])]);
  const number = await nextNumber(write, owner);
  // Behind the owner's row, which whoever submits for the same one waits for.
  await checkRoom(write, defaults);
  const inserted = await write.db
    .insertInto('tasks')
    .values({
      id: request.id,
      repo: request.repo,
      request: kept,
      brought: Buffer.byteLength(kept) + Buffer.byteLength(body),
      owner,
      own_number: number,
      place,
      sandbox,
      state: 'submitted',
      attempt: 0,
      started: 0,
      cancel_requested: 0,
      losses: 0,
      last_seq: 0,
      transcript: 0,
      created_at: write.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (enclosed !== undefined) {
    await write.db.insertInto('enclosures').values({ task: inserted.number, body }).execute();
  }
  const row = await changeTask(write, inserted, {}, [{ type: 'state', state: 'submitted' }]);

  if (awaited.some(({ id, state }) => after.includes(id) && isFinal(state) && state !== 'completed')) {
    return { row: await end(write, row, { state: 'failed', reason: 'dependency-failed' }), created: true };
  }
  const open = awaited.filter(({ state }) => !isFinal(state));
  if (open.length > 0) {
    const rows = open.map(({ id, number }) => ({
      task: row.number,
      awaits: number,
      any_end: after.includes(id) ? 0 : 1,
    }));
    await write.db.insertInto('dependencies').values(rows).execute();
  }
  return { row, created: true };
}

/** @throws PREFISH_LIMIT */
async function checkRoom(write: Write, { owner, most, mayWait }: SubmissionDefaults): Promise<void> {
  const { submitted: waiting, working } =
    most === undefined ? { submitted: 0, working: 0 } : await counts(write.db, owner);
  if (most !== undefined && waiting + working >= most) {
    throw tooManyTasks(owner, { most, now: waiting + working });
  }
  if (mayWait === undefined) return;
  await write.inTurn('submissions');
  const { submitted: all } = await counts(write.db);
  checkWaiting(mayWait, all, most === undefined ? undefined : { owner, waiting });
}

/**
 * Sees whether one more task may wait beside `all` that do. Of those who share a server, none has more tasks that wait
 * than it leaves room for.
 *
 * @throws PREFISH_LIMIT
 */
export function checkWaiting(
  limit: number,
  all: number,
  own?: { readonly owner: string; readonly waiting: number },
): void {
  if (all >= limit) throw tooManyWait(`${all} tasks wait already; this server keeps no more.`);
  if (own === undefined || own.waiting < limit - all) return;
  throw tooManyWait(
    `${own.waiting} tasks of ${own.owner} wait, ${all} of all accounts; of ${limit} none has more than are left.`,
  );
}

function tooManyWait(message: string): PrefishError {
  return new PrefishError('PREFISH_LIMIT', message, {
    hint: 'Try again once some have run, or take some of yours back: prefish tasks cancel ID.',
    retryAfter: tasksRetryAfter,
  });
}

/** When to look again whether there is room for another task, in seconds: how long those take that run, nobody knows. */
const tasksRetryAfter = 30;

/** Why an owner may have no more tasks. */
export function tooManyTasks(owner: string, { most, now }: AccountLimits['tasks']): PrefishError {
  return new PrefishError(
    'PREFISH_LIMIT',
    `${owner} has ${now} tasks that have not ended; this server lets an account have ${most}.`,
    { hint: 'Wait until some have ended, or cancel some.', retryAfter: tasksRetryAfter },
  );
}

async function nextNumber({ db }: Write, owner: string): Promise<number> {
  const { last_number } = await db
    .insertInto('owners')
    .values({ name: owner, last_number: 1 })
    .onConflict((known) =>
      known.column('name').doUpdateSet(({ eb }) => ({ last_number: eb('owners.last_number', '+', 1) })),
    )
    .returning('last_number')
    .executeTakeFirstOrThrow();
  return last_number;
}

async function awaitedTasks(
  { db }: Write,
  owner: string,
  ids: readonly string[],
): Promise<readonly Pick<TaskRow, 'id' | 'number' | 'state'>[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('tasks')
    .select(['id', 'number', 'state'])
    .where('owner', '=', owner)
    .where('id', 'in', ids)
    .orderBy('number')
    .forUpdate()
    .execute();
  const missing = ids.find((id) => !rows.some((row) => row.id === id));
  if (missing === undefined) return rows;
  throw new PrefishError('PREFISH_TASK_NOT_FOUND', `There is no task ${missing} to wait for.`);
}
