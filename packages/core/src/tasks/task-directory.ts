import { errorMessage, isPrefishError, PrefishError, type TaskQuery } from '@prefish/protocol';
import { late, within } from '../deadline.ts';
import type { ShellHooks } from '../hooks/hooks.ts';
import { joinSignals, unlessAborted } from '../signals.ts';
import type { FoundTask, TaskDirectory, TaskListing, TaskSource } from '../task-source.ts';
import type { CheckedSource } from './attributed-source.ts';
import { TappedSource } from './tapped-source.ts';

/** How much of a title is enough to know a task by, in characters. */
const titleLength = 50;

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
    find: async (reference, signal, among = () => true) => {
      const failures: unknown[] = [];
      const unasked: TaskSource[] = [];
      const fitting = reference === '@last' ? all().filter(({ source }) => among(source)) : [];
      const answers = await Promise.all(
        (fitting.length > 0 ? fitting : all()).map(async (registered): Promise<readonly FoundTask[]> => {
          const { source } = registered;
          try {
            const task = await ask(registered, signal, (own) => source.get(reference, own));
            return task === undefined ? [] : [{ task, source }];
          } catch (error) {
            failures.push(error);
            unasked.push(source);
            return [];
          }
        }),
      );
      const found = answers.flat();
      if (reference === '@last') return newest(found) ?? missing(reference, failures);
      const named = found.find(({ task }) => task.id === reference);
      if (named !== undefined) return named;
      const [first, second] = found;
      if (second !== undefined) throw ambiguous(reference, found);
      const several = failures.find(isAmbiguous);
      if (several !== undefined) throw several;
      if (first === undefined) return missing(reference, failures);
      return unasked.length > 0 && /^\d+$/.test(reference) ? { ...first, unasked } : first;
    },
  };
}

function failed({ source, plugin }: RegisteredSource, what: string): PrefishError {
  return new PrefishError('PREFISH_TASK_SOURCE_FAILED', `${source.title}: ${what}`, { plugin });
}

function newest(found: readonly FoundTask[]): FoundTask | undefined {
  return found.toSorted((a, b) => b.task.createdAt.localeCompare(a.task.createdAt))[0];
}

/** Sources that could not answer are to blame: the task may be theirs. */
function missing(reference: string, failures: readonly unknown[]): never {
  const [failure] = failures;
  if (isPrefishError(failure) && failure.code === 'PREFISH_TASK_SOURCE_FAILED') {
    const { code, message, plugin } = failure;
    const hint = `Nothing was done with ${reference}. Try again once it answers.`;
    throw new PrefishError(code, message, { hint, plugin, cause: failure });
  }
  if (failure !== undefined) throw failure;
  throw new PrefishError('PREFISH_TASK_NOT_FOUND', `There is no task "${reference}"`, {
    hint: 'prefish tasks ls shows all; an id, the beginning of one, its number or @last will do.',
  });
}

/** Sources number their tasks each for itself. */
function ambiguous(reference: string, found: readonly FoundTask[]): PrefishError {
  const names = found.map(
    ({ task: { id, place, title }, source }) =>
      `${id} (${source.title} · ${place} · ${title.split('\n', 1)[0]!.slice(0, titleLength)})`,
  );
  return new PrefishError('PREFISH_TASK_AMBIGUOUS', `"${reference}" names several tasks`, {
    hint: `Say which by its id: ${names.join(', ')}`,
  });
}

/** Within one source. */
function isAmbiguous(error: unknown): boolean {
  return isPrefishError(error) && error.code === 'PREFISH_TASK_AMBIGUOUS';
}
