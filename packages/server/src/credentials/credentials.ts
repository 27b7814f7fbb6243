import { readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@prefish/durable';
import { isFinal, isPrefishError, type ModelAccess } from '@prefish/protocol';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

/** Where credentials are kept, and the tasks that they are for. */
export interface CredentialsOptions {
  /** Made when absent, for its owner alone. */
  readonly folder: string;
  readonly store: Store;
  readonly log: Log;
}

/**
 * The leave of tasks to use models: a file of its own for each (0600), away from the database, from the
 * moment the task is taken until it has ended, however that is.
 */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #unsubscribe: () => void;
  /** The tasks that have a file, so that the end of any other costs nothing. */
  readonly #kept: Set<string>;

  constructor(options: CredentialsOptions) {
    this.#options = options;
    this.#kept = new Set(tasksIn(options.folder));
    this.#unsubscribe = options.store.onChange(({ id, task, removed }) => {
      if (removed === true || (task !== undefined && isFinal(task.state))) this.forget(id);
    });
  }

  /** Removes what a killed server left: of tasks that have ended, or are not there. Call it before tasks are taken. */
  async sweep(): Promise<void> {
    const { folder, store } = this.#options;
    for (const name of namesIn(folder)) {
      // Half-written ones, of tasks that were never acknowledged.
      if (!name.endsWith('.json')) rmSync(join(folder, name), { force: true });
    }
    for (const id of this.#kept) {
      if (!(await isUnfinished(store, id))) this.forget(id);
    }
  }

  /** Durable once this resolves. */
  async keep(id: string, models: readonly ModelAccess[]): Promise<void> {
    this.#kept.add(id);
    await writeDurably(this.#path(id), JSON.stringify(models));
  }

  /** What a task may use; `undefined` when nothing is kept for it. */
  async read(id: string): Promise<readonly ModelAccess[] | undefined> {
    try {
      return JSON.parse(await readFile(this.#path(id), 'utf8')) as readonly ModelAccess[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Removes what is kept for a task. Never throws; what could not be removed is tried again at the next start. */
  forget(id: string): void {
    if (!this.#kept.delete(id)) return;
    try {
      rmSync(this.#path(id), { force: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#options.log('error', 'the credentials of a task could not be removed', { task: id, code });
    }
  }

  /** Stops following the store; what unfinished tasks need stays. */
  close(): void {
    this.#unsubscribe();
  }

  #path(id: string): string {
    return join(this.#options.folder, `${id}.json`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function tasksIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
}

async function isUnfinished(store: Store, id: string): Promise<boolean> {
  try {
    const { task } = await store.get(id);
    return task.id === id && !isFinal(task.state);
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND') return false;
    throw error;
  }
}
