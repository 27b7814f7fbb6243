import { errorMessage, type Task, type TaskState } from '@prefish/protocol';
import { signal } from '@preact/signals';
import { following } from '../server/connection.ts';
import { server } from '../server/server.ts';
import { notice } from '../task/attempt.ts';

/** How many tasks the first page has, which is to be there at once, and every other one. */
const firstPage = 100;
const otherPages = 1000;

/** What changes within so many milliseconds is drawn once. */
const frame = 16;

/** What needs its user first, then what goes on, then what waits, then what is over. */
const order = { 'input-required': 0, working: 1, submitted: 2, unknown: 2 };
const over = 3;

function placeOf({ state }: Task): number {
  return (order as Partial<Record<TaskState, number>>)[state] ?? over;
}

/** The number of the first of the attempts that were submitted together, which stand together. */
const firstOf = (task: Task): number => task.number - indexOf(task);
const indexOf = ({ group }: Task): number => (group === undefined ? 0 : group.index - 1);

/** Every task of the server as it is now, in the order of the terminal. */
export class TaskList {
  readonly #byId = new Map<string, Task>();
  #ordered: readonly Task[] | undefined;
  #announcing = false;
  #reading: AbortController | undefined;
  /** Rises with every change that is to be shown. */
  readonly version = signal(0);
  /** Whether all that there is has been read. */
  readonly complete = signal(false);

  get(id: string): Task | undefined {
    return this.#byId.get(id);
  }

  /** In order; newest first among those of the same kind of state. Read {@link version} to hear of changes. */
  get tasks(): readonly Task[] {
    this.#ordered ??= [...this.#byId.values()].sort(
      (a, b) => placeOf(a) - placeOf(b) || firstOf(b) - firstOf(a) || indexOf(a) - indexOf(b),
    );
    return this.#ordered;
  }

  /** Takes a task as some answer had it. What the stream of changes has told meanwhile is newer. */
  learn(task: Task): void {
    if (!isOlder(task, this.#byId.get(task.id))) this.#set(task);
  }

  /** Reads the list, and follows what changes in it, until `until` is aborted. */
  async follow(until: AbortSignal): Promise<void> {
    await following(async (answered) => {
      for await (const change of server.changes(until)) {
        answered();
        if (change.kind === 'task') this.#set(change.task);
        else if (change.kind === 'removed') this.#remove(change.id);
        else this.#readAnew(until);
      }
    }, until);
  }

  /** Forgets everything: whoever signs in next may be somebody else. */
  forget(): void {
    this.#byId.clear();
    this.complete.value = false;
    this.#changed();
  }

  #readAnew(until: AbortSignal): void {
    this.#reading?.abort();
    this.#reading = new AbortController();
    const signal = AbortSignal.any([until, this.#reading.signal]);
    following(async () => this.#read(signal), signal).catch((error: unknown) => {
      notice.value = { kind: 'failed', text: `The list could not be read: ${errorMessage(error)}` };
    });
  }

  /** Reads page after page. What was removed while nobody listened is not among them. */
  async #read(until: AbortSignal): Promise<void> {
    const before = new Set(this.#byId.keys());
    let cursor: string | undefined;
    for (let limit = firstPage; ; limit = otherPages) {
      const page = await server.list({ limit, ...(cursor !== undefined && { cursor }) }, until);
      for (const task of page.tasks) {
        before.delete(task.id);
        this.learn(task);
      }
      this.#changed();
      cursor = page.next;
      if (cursor === undefined) break;
    }
    for (const id of before) this.#remove(id);
    this.complete.value = true;
  }

  #set(task: Task): void {
    this.#byId.set(task.id, task);
    this.#changed();
  }

  #remove(id: string): void {
    if (this.#byId.delete(id)) this.#changed();
  }

  #changed(): void {
    this.#ordered = undefined;
    if (this.#announcing) return;
    this.#announcing = true;
    setTimeout(() => {
      this.#announcing = false;
      this.version.value++;
    }, frame);
  }
}

const rank = {
  submitted: 0,
  working: 1,
  'input-required': 1,
  completed: 2,
  failed: 2,
  canceled: 2,
  rejected: 2,
};

function isOlder(read: Task, known: Task | undefined): boolean {
  if (known === undefined || read.state === 'unknown' || known.state === 'unknown') return false;
  if (read.attempt !== known.attempt) return read.attempt < known.attempt;
  return rank[read.state] < rank[known.state];
}

/** The list that the page shows. */
export const taskList: TaskList = new TaskList();

/** The task of an id or a number. */
export function findTask(name: string): Task | undefined {
  return taskList.get(name) ?? taskList.tasks.find(({ number }) => String(number) === name);
}
