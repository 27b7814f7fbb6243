import type { Event, FoundTask } from '@prefish/core';

/** A question that a task asks. */
export type Asked = Extract<Event, { readonly type: 'question' }>;

/** The oldest question of a task that waits for an answer. */
export async function openQuestion(
  { task, source }: FoundTask,
  signal: AbortSignal,
): Promise<Asked | undefined> {
  const open = new Map<string, Asked>();
  for await (const event of source.events?.(task.id, { after: 0, follow: false }, signal) ?? []) {
    if (event.type === 'question') open.set(event.id, event);
    else if (event.type === 'answer') open.delete(event.id);
    // Another attempt begins: it asks anew.
    else if (event.type === 'state' && event.state === 'submitted') open.clear();
  }
  return open.values().next().value;
}
