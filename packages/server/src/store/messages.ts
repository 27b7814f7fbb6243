import { PrefishError } from '@prefish/protocol';
import type { Kysely } from 'kysely';
import type { Write } from './writes.ts';
import { byIdForUpdate } from './lookup.ts';
import type { Schema } from './schema.ts';
import type { TaskRow } from './task-row.ts';
import { changeTask, currentAttempt } from './transcript.ts';

/** How much a task may be told: all of it is in memory where the task runs, until its line takes it. */
const most = { messages: 10_000, length: 8 * 2 ** 20 };

/** {@link import('./store.ts').Store.message} */
export async function keepMessage(
  write: Write,
  id: string,
  attempt: number | undefined,
  text: string,
): Promise<void> {
  const row = await (attempt === undefined
    ? byIdForUpdate(write.db, id)
    : currentAttempt(write.db, id, attempt));
  if (attempt === undefined && row.state !== 'submitted') {
    throw new PrefishError('PREFISH_TASK_STATE', `Task ${id} does not run, so nothing can be said to it.`);
  }
  await checkRoom(write.db, row, text);
  // No text of Postgres holds a NUL.
  await write.db
    .insertInto('messages')
    .values({ task: row.number, text: text.replaceAll('\0', '') })
    .execute();
  await changeTask(write, row, { brought: row.brought + Buffer.byteLength(text) }, [
    { type: 'message', role: 'user', text, waits: true },
  ]);
}

async function checkRoom(db: Kysely<Schema>, { id, number }: TaskRow, text: string): Promise<void> {
  const { messages, length } = await db
    .selectFrom('messages')
    .select(({ fn }) => [
      fn.countAll<number>().as('messages'),
      fn.sum<number | null>(fn<number>('length', ['text'])).as('length'),
    ])
    .where('task', '=', number)
    .executeTakeFirstOrThrow();
  if (messages < most.messages && Number(length) + text.length <= most.length) return;
  throw new PrefishError('PREFISH_LIMIT', `Task ${id} was told so much that it takes no more messages.`, {
    hint: 'Once it has ended, another message has a new task take it up.',
  });
}

/** What was said to a task so far, in order. */
export async function messagesOf(db: Kysely<Schema>, task: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('messages')
    .select('text')
    .where('task', '=', task)
    .orderBy('number')
    .execute();
  return rows.map(({ text }) => text);
}
