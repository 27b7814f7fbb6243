import { watch as watchFolder } from 'node:fs';
import { PrefishError, type Task, type TaskAction, type TaskSource } from '@prefish/core';
import { isFinal } from '@prefish/protocol';
import { stopLine } from '../processes/stop-line.ts';
import { HolderClient } from './holder-client.ts';
import type { ShellRecord, ShellRecords } from './shell-records.ts';

const pollMs = 500;
const runs = (task: Task): boolean => !isFinal(task.state);

/** The background shells of this user, of whichever terminal, as a source of tasks. */
export function shellSource(records: ShellRecords, leaveKey: number | undefined): TaskSource {
  const get = async (reference: string): Promise<Task | undefined> => {
    const record = reference === '@last' ? records.list()[0] : records.read(reference);
    return record && current(record);
  };
  return {
    id: 'shells',
    title: 'Shells',
    async list({ state, limit = 100, cursor, counts }) {
      const from = Number(cursor ?? 0);
      const all = await Promise.all(records.list().map(current));
      const wanted = all.filter((task) => state?.includes(task.state) ?? true);
      const tasks = wanted.slice(from, from + limit);
      return {
        tasks,
        ...(from + limit < wanted.length ? { next: String(from + limit) } : {}),
        ...(counts === true ? { counts: { total: wanted.length, active: wanted.filter(runs).length } } : {}),
      };
    },
    get,
    watch: (signal) => changes(records, signal),
    async *events(id, query, signal) {
      const { readTranscript } = await import('./transcript.ts');
      const hasEnded = async (): Promise<boolean> => {
        const task = await get(id);
        return task === undefined || isFinal(task.state);
      };
      yield* readTranscript(records.pathOf(id), query, hasEnded, signal);
    },
    actions: actions(records, leaveKey),
  };
}

/** The task as it is: one that nobody holds any more does not run, whatever its record says. */
async function current({ task, socket }: ShellRecord): Promise<Task> {
  if (isFinal(task.state)) return task;
  using holder = await HolderClient.open(socket);
  return holder === undefined ? { ...task, state: 'failed', reason: 'holder-lost' } : task;
}

function actions(records: ShellRecords, leaveKey: number | undefined): TaskAction[] {
  const recordOf = ({ id }: Task): ShellRecord => {
    const record = records.read(id);
    if (record !== undefined) return record;
    throw new PrefishError('PREFISH_TASK_NOT_FOUND', `There is no background shell ${id} any more`);
  };
  return [
    {
      name: 'attach',
      summary: 'Look at a background shell, and type into it',
      key: 'enter',
      applies: runs,
      run: async (task, _args, context) => {
        const { attachTo } = await import('./attach.ts');
        return attachTo(recordOf(task), leaveKey, context);
      },
    },
    {
      name: 'cancel',
      summary: 'End the task and everything that it started',
      key: 'x',
      applies: runs,
      async run(task) {
        const record = recordOf(task);
        using holder = await HolderClient.open(record.socket);
        holder?.end();
        await holder?.ended;
        // What a lost holder left behind, or what came too late to be told.
        const tree = { pid: record.pid, id: record.mark };
        if (holder === undefined) await stopLine(tree, () => true);
        const ended = await current(recordOf(task));
        return { type: 'ok', message: `${task.id} ${ended.state}`, data: ended };
      },
    },
    {
      name: 'rm',
      summary: 'Forget a task that has ended, and what was kept for it',
      key: 'D',
      applies: (task) => isFinal(task.state),
      confirm: ({ id, title }) => `Forget ${id} “${title}” and what it printed?`,
      async run(task) {
        if (!isFinal((await current(recordOf(task))).state)) {
          throw new PrefishError('PREFISH_TASK_STATE', `${task.id} still runs`, {
            hint: `prefish tasks cancel ${task.id}`,
          });
        }
        records.remove(task.id);
        return { type: 'ok', message: `${task.id} removed`, data: { removed: task.id } };
      },
    },
  ];
}

/** Each shell, whenever it is started or ends. */
async function* changes(records: ShellRecords, signal: AbortSignal): AsyncGenerator<Task, void, undefined> {
  const seen = new Map(records.list().map(({ task }) => [task.id, task.state]));
  while (!signal.aborted) {
    await changed(records.folder, signal);
    for (const { task } of records.list()) {
      if (seen.get(task.id) === task.state) continue;
      seen.set(task.id, task.state);
      yield task;
    }
  }
}

/** Resolves when something happens in the folder; where that cannot be watched, after a while. */
function changed(folder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      watcher?.close();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, pollMs);
    let watcher: ReturnType<typeof watchFolder> | undefined;
    try {
      watcher = watchFolder(folder, { recursive: false }, over).on('error', over);
    } catch {
      // There is no folder before the first shell.
    }
    signal.addEventListener('abort', over, { once: true });
  });
}
