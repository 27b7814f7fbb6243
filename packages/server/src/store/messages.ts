import { PrefishError } from '@prefish/protocol';
import type { Kysely } from 'kysely';
import type { Write } from './writes.ts';
import { byIdForUpdate } from './lookup.ts';
import type { Schema } from './schema.ts';
import { changeTask, currentAttempt } from './transcript.ts';

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
  // No text of Postgres holds a NUL.
  await write.db
    .insertInto('messages')
    .values({ task: row.number, text: text.replaceAll('\0', '') })
    .execute();
  await changeTask(write, row, { brought: row.brought + text.length }, [
    { type: 'message', role: 'user', text, waits: true },
  ]);
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
