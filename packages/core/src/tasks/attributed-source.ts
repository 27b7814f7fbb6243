import {
  errorMessage,
  PrefishError,
  type Task,
  type TaskCounts,
  type TaskPage,
  type TaskQuery,
} from '@prefish/protocol';
import { inPlugin } from '../attribution.ts';
import type { TaskAction, TaskSource } from '../task-source.ts';
import { leftOut, readTask } from './read-task.ts';

/** A source whose tasks are checked: bad ones are left out of its lists. */
export interface CheckedSource extends TaskSource {
  list(query: TaskQuery, signal: AbortSignal): Promise<CheckedPage>;
}

/** The good tasks of a page, and an error about those that are not on it. */
export interface CheckedPage extends TaskPage {
  readonly error?: Error;
}

/** The source with every call into it known as `plugin`'s, and the tasks that it answers with checked. */
export function attributedSource(source: TaskSource, plugin: string): CheckedSource {
  const { id, title } = source;
  const called = <T>(method: string, call: () => T): T => inPlugin(plugin, `source ${id} ${method}`, call);
  const iterated = <T>(method: string, start: () => AsyncIterable<T>): AsyncIterable<T> => {
    const iterable = called(method, start);
    return {
      [Symbol.asyncIterator]: () => {
        const iterator = called(method, () => iterable[Symbol.asyncIterator]());
        return {
          next: () => called(method, () => iterator.next()),
          return: async () =>
            (await called(method, () => iterator.return?.())) ?? { done: true, value: undefined },
        };
      },
    };
  };
  const failed = (what: string): PrefishError =>
    new PrefishError('PREFISH_TASK_SOURCE_FAILED', `${title}: ${what}`, { plugin });
  const attributed: CheckedSource = {
    id,
    title,
    ...(source.essential === undefined ? {} : { essential: source.essential }),
    list: async (query, signal) => {
      const page: unknown = await called('list', () => source.list(query, signal));
      return called('list', () => {
        if (!isPage(page)) throw failed('its list is not one of tasks');
        const { next, counts, error } = page;
        const { tasks, wrong } = sorted(page.tasks);
        return {
          tasks,
          ...(typeof next === 'string' ? { next } : {}),
          ...(areCounts(counts) ? { counts } : {}),
          ...(error instanceof Error ? { error } : {}),
          ...(wrong.length === 0 ? {} : { error: leftOut(title, plugin, wrong) }),
        };
      });
    },
    get: async (reference, signal) => {
      const task: unknown = await called('get', () => source.get(reference, signal));
      if (task === undefined) return undefined;
      try {
        return called('get', () => readTask(task));
      } catch (cause) {
        throw failed(`what it found is no task: ${errorMessage(cause)}`);
      }
    },
    get actions() {
      return source.actions.map((action) => attributedAction(action, id, plugin));
    },
  };
  if (source.watch !== undefined) {
    attributed.watch = (signal) => good(iterated('watch', () => source.watch!(signal)));
  }
  if (source.events !== undefined) {
    attributed.events = (task, query, signal) =>
      iterated('events', () => source.events!(task, query, signal));
  }
  if (source.files !== undefined) {
    attributed.files = async (task, signal) => called('files', () => source.files!(task, signal));
  }
  return attributed;
}

function isPage(value: unknown): value is {
  readonly tasks: readonly unknown[];
  readonly next?: unknown;
  readonly counts?: unknown;
  readonly error?: unknown;
} {
  return Array.isArray((value as Partial<TaskPage> | null | undefined)?.tasks);
}

function areCounts(value: unknown): value is TaskCounts {
  const { total, active } = (value ?? {}) as Partial<TaskCounts>;
  return typeof total === 'number' && typeof active === 'number';
}

/** The tasks of a list, and what is wrong with the others. */
function sorted(values: readonly unknown[]): { readonly tasks: Task[]; readonly wrong: string[] } {
  const tasks: Task[] = [];
  const wrong: string[] = [];
  for (const value of values) {
    try {
      tasks.push(readTask(value));
    } catch (error) {
      wrong.push(errorMessage(error));
    }
  }
  return { tasks, wrong };
}

/** What is no task goes by unsaid here: the list, which says so, is asked at each change. */
async function* good(changes: AsyncIterable<unknown>): AsyncIterable<Task> {
  for await (const change of changes) yield* sorted([change]).tasks;
}

function attributedAction(action: TaskAction, source: string, plugin: string): TaskAction {
  const { applies, confirm, runAlone } = action;
  const hook = `source ${source} action ${action.name}`;
  return {
    ...action,
    ...(applies === undefined
      ? {}
      : { applies: (task) => inPlugin(plugin, hook, () => applies.call(action, task)) }),
    ...(confirm === undefined
      ? {}
      : { confirm: (task) => inPlugin(plugin, hook, () => confirm.call(action, task)) }),
    ...(runAlone === undefined
      ? {}
      : {
          runAlone: (args, context) => inPlugin(plugin, hook, () => runAlone.call(action, args, context)),
        }),
    run: (task, args, context) => inPlugin(plugin, hook, () => action.run(task, args, context)),
  };
}
