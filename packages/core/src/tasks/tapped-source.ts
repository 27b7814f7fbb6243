import { errorMessage, type Task, type TaskQuery } from '@prefish/protocol';
import { responsiblePlugin } from '../attribution.ts';
import { HookCall } from '../hooks/hook-call.ts';
import type { ShellHooks } from '../hooks/hooks.ts';
import type { TaskListing } from '../task-source.ts';
import type { CheckedSource } from './attributed-source.ts';
import { leftOut, readTask } from './read-task.ts';

/** What the taps of the hook `tasks` add, as one more source: without cursors, and without actions. */
export class TappedSource implements CheckedSource {
  readonly id: string = 'hook';
  readonly title: string = 'Other';
  readonly actions: readonly never[] = [];
  readonly #hook: ShellHooks['tasks'];
  readonly #deadlineMs: number;

  constructor(hook: ShellHooks['tasks'], deadlineMs: number) {
    this.#hook = hook;
    this.#deadlineMs = deadlineMs;
  }

  /** The tasks that some taps have added, and the first error of the others. */
  async listing({ state, limit }: TaskQuery, signal: AbortSignal): Promise<TaskListing> {
    const { tasks, error } = await this.#collect(signal);
    const wanted = tasks.filter((task) => state?.includes(task.state) ?? true).slice(0, limit);
    const listing = { source: this, plugin: 'hook tasks', tasks: wanted };
    return error === undefined ? listing : { ...listing, error };
  }

  list(query: TaskQuery, signal: AbortSignal): Promise<TaskListing> {
    return this.listing(query, signal);
  }

  async get(reference: string, signal: AbortSignal): Promise<Task | undefined> {
    const { tasks } = await this.#collect(signal);
    if (reference === '@last') return tasks.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
    const begun = tasks.filter(({ id }) => id.startsWith(reference));
    const named = tasks.find(({ id, number }) => id === reference || String(number) === reference);
    return named ?? (begun.length === 1 ? begun[0] : undefined);
  }

  async #collect(signal: AbortSignal): Promise<{ tasks: readonly Task[]; error: Error | undefined }> {
    const tasks: Task[] = [];
    const malformed: Error[] = [];
    const add = (task: Task): void => {
      try {
        tasks.push(readTask(task));
      } catch (error) {
        malformed.push(leftOut(this.title, responsiblePlugin()?.plugin, [errorMessage(error)]));
      }
    };
    const call = new HookCall({ deadlineMs: this.#deadlineMs, signal });
    await call.run(() => this.#hook.promise({ add }, signal));
    // A copy: what a tap adds when it has been left behind is not in the list that is shown.
    return { tasks: [...tasks], error: call.failures[0] ?? malformed[0] };
  }
}
