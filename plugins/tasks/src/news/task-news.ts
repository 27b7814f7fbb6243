import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Task, TaskDirectory, TaskState } from '@prefish/core';
import { isFinal } from '@prefish/protocol';

/** How many tasks have come to something that their user has not heard of. */
export interface News {
  readonly done: number;
  readonly failed: number;
  readonly asks: number;
}

interface Seen {
  /** When the list was last looked at: ISO 8601 UTC. */
  readonly looked: string;
  /** Tasks that ended before this are not marked: prefish was not there, or they were looked over long ago. */
  readonly since: string;
  /** Those after it that were opened, by their ids. */
  readonly opened: readonly string[];
}

const kinds: Partial<Record<TaskState, keyof News>> = {
  completed: 'done',
  failed: 'failed',
  rejected: 'failed',
  'input-required': 'asks',
};
/** So many of each source are looked at. */
const limit = 100;
/** So many opened tasks are remembered one by one. */
const remembered = 500;

/** What has ended, or asks something, since the user looked; and which tasks they have opened. */
export class TaskNews {
  readonly #file: string | undefined;
  readonly #told = new Set<string>();
  /** Tasks, or groups of siblings, whose end this shell says by itself. */
  readonly #expected = new Set<string>();
  #seen: Seen;

  /** @param file where that is kept; without one it is forgotten with the shell */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#seen = this.#read();
  }

  /** A task was started from this shell, which says what becomes of it as it happens. */
  expects(task: Task): void {
    this.#expected.add(lineOf(task));
  }

  /** A line has answered with these tasks, as they are: its data, which may be anything else, too. */
  told(data: unknown): void {
    for (const task of [data].flat() as readonly Partial<Task>[]) {
      if (typeof task?.id !== 'string' || task.state === undefined) continue;
      this.#told.add(keyOf(task as Task));
      this.shown(task as Task);
    }
  }

  /** What there is to say that has not been said. Asks only sources that answer without being started. */
  async gather(tasks: TaskDirectory, signal: AbortSignal): Promise<News | undefined> {
    const query = { state: Object.keys(kinds) as TaskState[], limit, passive: true };
    const listings = await tasks.list(query, signal);
    const news = { done: 0, failed: 0, asks: 0 };
    this.#seen = this.#read();
    for (const task of listings.flatMap((listing) => listing.tasks)) {
      const kind = kinds[task.state];
      const key = keyOf(task);
      if (kind === undefined || this.#told.has(key) || this.#expected.has(lineOf(task))) continue;
      const isKnown = !((task.endedAt ?? '') > this.#seen.looked) || this.#seen.opened.includes(task.id);
      if (kind !== 'asks' && isKnown) continue;
      this.#told.add(key);
      news[kind] += 1;
    }
    return news.done + news.failed + news.asks === 0 ? undefined : news;
  }

  /** Whether a task has come to something, and nobody has opened it since. */
  isUnread({ id, state, endedAt = '' }: Task): boolean {
    const kind = kinds[state];
    if (kind === undefined || this.#seen.opened.includes(id)) return false;
    return kind === 'asks' || endedAt > this.#seen.since;
  }

  /** The task was opened. */
  opened({ id, state }: Task): void {
    const { opened } = this.#read();
    // While it runs there is nothing to be read yet.
    if (kinds[state] === undefined || opened.includes(id)) return;
    this.#write({ ...this.#seen, opened: [...opened, id].slice(-remembered) });
  }

  /** A task was shown outside of the list: one that has ended is no news any more. */
  shown(task: Task): void {
    if (isFinal(task.state)) this.opened(task);
  }

  /** The list was looked at. */
  looked(): void {
    this.#write({ ...this.#read(), looked: new Date().toISOString() });
  }

  #read(): Seen {
    try {
      if (this.#file !== undefined) return JSON.parse(readFileSync(this.#file, 'utf8')) as Seen;
    } catch {
      // Nobody has looked yet.
    }
    if (this.#seen !== undefined) return this.#seen;
    const now = new Date().toISOString();
    return { looked: now, since: now, opened: [] };
  }

  /** Losing it costs a line that is said twice: a folder that cannot be written is no trouble here. */
  #write(seen: Seen): void {
    this.#seen = seen;
    if (this.#file === undefined) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#file}.${process.pid}`, JSON.stringify(seen), { mode: 0o600 });
      renameSync(`${this.#file}.${process.pid}`, this.#file);
    } catch {
      // It is remembered for as long as this shell lives.
    }
  }
}

/** A task in the state in which it is. */
function keyOf({ id, state, attempt }: Task): string {
  return `${id} ${state} ${attempt}`;
}

/** What stands for all tasks of one line: siblings are told of together. */
function lineOf({ id, group }: Task): string {
  return group?.id ?? id;
}

/** `2 done, 1 failed, 1 asks · /tasks` */
export function describeNews(news: News): string {
  const parts = (['done', 'failed', 'asks'] as const).filter((kind) => news[kind] > 0);
  return `${parts.map((kind) => `${news[kind]} ${kind === 'asks' && news.asks > 1 ? 'ask' : kind}`).join(', ')} · /tasks`;
}
