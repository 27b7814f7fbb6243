import { isFinal, type Task } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';

/** How long a task that was told to end is waited for, in milliseconds: longer than killing takes. */
const patienceMs = 5000;

/** Behind every event: only the task's own state is followed, not what it prints. */
const pastAllEvents = 999_999_999_999_999;

/** The task once it has ended, or as it is after five seconds. */
export async function untilEnded(client: ServerClient, task: Task, signal: AbortSignal): Promise<Task> {
  if (isFinal(task.state)) return task;
  const patience = AbortSignal.timeout(patienceMs);
  let latest = task;
  try {
    for await (const item of client.follow(task.id, pastAllEvents, AbortSignal.any([signal, patience]))) {
      if (item.kind === 'snapshot') latest = item.task;
      if (isFinal(latest.state)) break;
    }
  } catch (error) {
    if (!patience.aborted) throw error;
  }
  return latest;
}
