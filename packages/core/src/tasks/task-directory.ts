import { errorMessage, PrefishError, type TaskQuery } from '@prefish/protocol';
import { late, within } from '../deadline.ts';
import type { ShellHooks } from '../hooks/hooks.ts';
import { joinSignals, unlessAborted } from '../signals.ts';
import type { FoundTask, TaskDirectory, TaskListing } from '../task-source.ts';
import type { CheckedSource } from './attributed-source.ts';
import { TappedSource } from './tapped-source.ts';

/** A source and the plugin that registered it. */
export interface RegisteredSource {
  readonly source: CheckedSource;
  readonly plugin: string;
}

/** The directory over the sources that are registered at the time of each call. */
export function createTaskDirectory(options: {
  registered(): readonly RegisteredSource[];
  readonly hooks: ShellHooks;
  readonly deadlineMs: number;
  readonly hookDeadlineMs: number;
}): TaskDirectory {
  const { hooks, deadlineMs } = options;
  const hook = new TappedSource(hooks.tasks, options.hookDeadlineMs);
  const tapped = { source: hook, plugin: 'hook tasks' };
  const all = (): readonly RegisteredSource[] =>
    hooks.tasks.taps.length === 0 ? options.registered() : [...options.registered(), tapped];

  /** Asks a source under a deadline of its own. A tap of the hook has one already. */
  const ask = async <T>(
    registered: RegisteredSource,
    signal: AbortSignal,
    question: (own: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const own = new AbortController();
    const { signal: joined, stop } = joinSignals(signal, own.signal);
    try {
      const answering = question(joined);
      const answer = registered === tapped ? answering : within(deadlineMs, answering);
      const answered = await unlessAborted(signal, answer as Promise<T | typeof late>);
      if (answered !== late) return answered;
      own.abort();
    } finally {
      stop();
    }
    throw failed(registered, `no answer within ${deadlineMs / 1000} s`);
  };

  const listOne = async (
    registered: RegisteredSource,
    query: TaskQuery,
    signal: AbortSignal,
  ): Promise<TaskListing> => {
    const { source, plugin } = registered;
    try {
      if (registered === tapped) return await hook.listing(query, signal);
      const page = await ask(registered, signal, (own) => source.list(query, own));
      return { source, plugin, ...page };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : failed(registered, errorMessage(thrown));
      return { source, plugin, tasks: [], error };
    }
  };

  return {
    get sources() {
      return all().map(({ source }) => source);
    },
    list: (query, signal) => Promise.all(all().map((registered) => listOne(registered, query, signal))),
    listSource: async (id, query, signal) => {
      const registered = all().find(({ source }) => source.id === id);
      return registered && listOne(registered, query, signal);
    },
    find: async (reference, signal) => {
      const found: FoundTask[] = [];
      const failures: unknown[] = [];
      await Promise.all(
        all().map(async (registered) => {
          const { source } = registered;
          try {
            const task = await ask(registered, signal, (own) => source.get(reference, own));
            if (task !== undefined) found.push({ task, source });
          } catch (error) {
            failures.push(error);
          }
        }),
      );
      const [first, second] = newestFirst(found, reference);
      if (first === undefined) throw failures[0] ?? notFound(reference);
      if (second !== undefined && reference !== '@last') throw ambiguous(reference, found);
      return first;
    },
  };
}

function failed({ source, plugin }: RegisteredSource, what: string): PrefishError {
  return new PrefishError('PREFISH_TASK_SOURCE_FAILED', `${source.title}: ${what}`, { plugin });
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
