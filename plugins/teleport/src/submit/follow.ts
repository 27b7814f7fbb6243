import { exitCodeOf, type Outcome, type RunContext } from '@prefish/core';
import type { Task } from '@prefish/protocol';
import type { Services } from '../services.ts';
import { taskEvents } from '../source/task-events.ts';

/** `--wait`: shows what the task does until it has ended, and ends as it ended. Interrupting it leaves the task running. */
export async function followToEnd(services: Services, task: Task, context: RunContext): Promise<Outcome> {
  const { out, signal } = context;
  try {
    for await (const event of taskEvents(services, task.id, { after: 0, follow: true }, signal)) {
      out.record({ ...event, task: task.id });
      await out.drain();
    }
  } catch (error) {
    if (signal.aborted) out.line(`task ${task.number} goes on (${task.id})`);
    throw error;
  }
  const client = await services.connect(true, signal);
  const ended = await client.get(task.id, signal);
  const failed = ended.state !== 'completed' && (ended.exit === undefined || exitCodeOf(ended.exit) === 0);
  return {
    type: 'ok',
    data: ended,
    message: `task ${ended.number} ${ended.state}${ended.reason === undefined ? '' : ` (${ended.reason})`}`,
    exit: failed || ended.exit === undefined ? { code: failed ? 1 : 0 } : ended.exit,
  };
}
