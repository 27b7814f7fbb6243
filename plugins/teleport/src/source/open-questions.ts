import type { Event } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';

/** A question that a task asks. */
export type Question = Extract<Event, { type: 'question' }>;

/** The questions of a task that wait for an answer, oldest first. */
export async function openQuestions(
  client: Pick<ServerClient, 'history'>,
  id: string,
  signal: AbortSignal,
): Promise<readonly Question[]> {
  const open = new Map<string, Question>();
  for await (const event of client.history(id, 0, signal)) {
    if (event.type === 'question') open.set(event.id, event);
    if (event.type === 'answer') open.delete(event.id);
    // Another attempt begins: it asks anew.
    if (event.type === 'state' && event.state === 'submitted') open.clear();
  }
  return [...open.values()];
}
