import { PrefishError, type Task, type TaskQuery } from '@prefish/protocol';
import { late, within } from '../deadline.ts';
import type { ShellHooks } from '../hooks/hooks.ts';
import type { FoundTask, TaskDirectory, TaskListing, TaskSource } from '../task-source.ts';

/** A source and the plugin that registered it. */
export interface RegisteredSource {
  readonly source: TaskSource;
  readonly plugin: string;
}

/** The directory over the sources that are registered at the time of each call. */
export function createTaskDirectory(options: {
  sources(): readonly RegisteredSource[];
  readonly hooks: ShellHooks;
  readonly deadlineMs: number;
}): TaskDirectory {
  const ask = async <T>(
    { source, plugin }: RegisteredSource,
    signal: AbortSignal,
    question: (own: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const own = new AbortController();
    const answer = within(
      options.deadlineMs,
      Promise.resolve().then(() => question(AbortSignal.any([signal, own.signal]))),
    );
    const result = await answer;
    if (result !== late) return result;
    own.abort();
    throw new PrefishError(
      'PREFISH_TASK_SOURCE_FAILED',
      `${source.title}: no answer within ${options.deadlineMs / 1000} s`,
      { plugin },
    );
  };

  const list = async (query: TaskQuery, signal: AbortSignal): Promise<readonly TaskListing[]> => {
    const listings = options.sources().map(async (registered): Promise<TaskListing> => {
      const { source, plugin } = registered;
      try {
        const page = await ask(registered, signal, (own) => source.list(query, own));
        return { source, plugin, tasks: page.tasks, ...(page.next === undefined ? {} : { next: page.next }) };
      } catch (error) {
        return {
          source,
          plugin,
          tasks: [],
          error: error instanceof Error ? error : new Error(String(error)),
        };
      }
    });
    return [...(await Promise.all(listings)), ...(await tapped(options, signal))];
  };

  const find = async (reference: string, signal: AbortSignal): Promise<FoundTask> => {
    const found: FoundTask[] = [];
    const failures: unknown[] = [];
    await Promise.all(
      options.sources().map(async (registered) => {
        try {
          const task = await ask(registered, signal, (own) => registered.source.get(reference, own));
          if (task !== undefined) found.push({ task, source: registered.source });
        } catch (error) {
          failures.push(error);
        }
      }),
    );
    const [first, second] = newestFirst(found, reference);
    if (first === undefined) throw failures[0] ?? notFound(reference);
    if (second !== undefined && reference !== '@last') throw ambiguous(reference, found);
    return first;
  };

  return {
    get sources() {
      return options.sources().map(({ source }) => source);
    },
    list,
    find,
  };
}

/** Tasks that plugins add through the hook, as one more listing where there are any. */
async function tapped(
  { hooks, deadlineMs }: { hooks: ShellHooks; deadlineMs: number },
  signal: AbortSignal,
): Promise<TaskListing[]> {
  if (hooks.tasks.taps.length === 0) return [];
  const tasks: Task[] = [];
  const source: TaskSource = {
    id: 'hook',
    title: 'Other',
    list: async () => ({ tasks }),
    get: async () => undefined,
    actions: [],
  };
  try {
    const answered = await within(
      deadlineMs,
      hooks.tasks.promise({ add: (task) => tasks.push(task) }, signal),
    );
    if (answered === late)
      throw new PrefishError(
        'PREFISH_TASK_SOURCE_FAILED',
        `A tap of the hook "tasks" did not answer within ${deadlineMs / 1000} s`,
      );
    return [{ source, plugin: 'hook tasks', tasks }];
  } catch (error) {
    return [{ source, plugin: 'hook tasks', tasks, error: error as Error }];
  }
}

function newestFirst(found: readonly FoundTask[], reference: string): readonly FoundTask[] {
  return reference === '@last'
    ? [...found].sort((a, b) => b.task.createdAt.localeCompare(a.task.createdAt))
    : found;
}

function notFound(reference: string): PrefishError {
  return new PrefishError('PREFISH_TASK_NOT_FOUND', `There is no task "${reference}"`, {
    hint: 'prefish tasks ls shows all; an id, the beginning of one, its number or @last will do.',
  });
}

function ambiguous(reference: string, found: readonly FoundTask[]): PrefishError {
  return new PrefishError('PREFISH_TASK_AMBIGUOUS', `"${reference}" is the beginning of several tasks`, {
    hint: `Which one: ${found.map(({ task, source }) => `${task.id} (${source.title})`).join(', ')}?`,
  });
}
