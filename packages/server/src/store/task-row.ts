import type { Exit, Result, SandboxKind, Task } from '@prefish/protocol';
import type { Selectable } from 'kysely';
import type { TaskTable } from './schema.ts';
import type { KeptRequest, StoredTask } from './store.ts';

/** A row of `tasks`. */
export type TaskRow = Selectable<TaskTable>;

/** The id under which the server's tasks are listed beside those of other sources. */
const source = 'server';

/** What viewers see of a row. */
export function toTask(row: TaskRow): Task {
  return viewOf(row, JSON.parse(row.request) as KeptRequest);
}

/** Everything that is kept of a task. */
export function toStoredTask(row: TaskRow): StoredTask {
  const request = JSON.parse(row.request) as KeptRequest;
  return {
    owner: row.owner,
    task: viewOf(row, request),
    request,
    started: row.started === 1,
    cancelRequested: row.cancel_requested === 1,
  };
}

function viewOf(row: TaskRow, request: KeptRequest): Task {
  const { after = [], afterAny = [], keep = [], network = 'full' } = request.options;
  const awaited = [...after, ...afterAny];
  return {
    id: row.id,
    number: row.own_number,
    source,
    place: row.place,
    title: request.title ?? request.line.split('\n', 1)[0]!,
    line: request.line,
    state: row.state,
    ...(row.reason !== null && { reason: row.reason }),
    attempt: row.attempt,
    createdAt: row.created_at,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.exit !== null && { exit: JSON.parse(row.exit) as Exit }),
    base: request.base,
    ...(row.result !== null && { result: JSON.parse(row.result) as Result }),
    ...(awaited.length > 0 && { after: awaited }),
    ...(keep.length > 0 && { keep }),
    ...(request.continues !== undefined && { continues: request.continues.task }),
    ...(request.repeats !== undefined && { repeats: request.repeats }),
    ...(request.group !== undefined && { group: request.group }),
    sandbox: row.sandbox as SandboxKind,
    network,
    root: request.root,
  };
}
