import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskUse } from '@prefish/durable';
import { PrefishError, errorMessage, isPrefishError, type Cleaned, type DiskUse } from '@prefish/protocol';
import type { Log } from '../log.ts';
import type { Repositories } from '../repositories/repositories.ts';
import { tidyMirrors } from '../repositories/tidy-mirrors.ts';
import type { Store } from '../store/store.ts';
import { forgetKeptFiles } from '../worker/kept-files.ts';
import { Clock } from './clock.ts';
import { folderUse } from './folder-use.ts';
import { defaultRetention, expiredTasks, type Retention } from './retention.ts';

/** What a server's housekeeping looks after. */
export interface HousekeepingOptions {
  /** The server's folder. */
  readonly folder: string;
  readonly store: Store;
  readonly repositories: Repositories;
  readonly log: Log;
  /** How long ended tasks are kept, as it is now; {@link defaultRetention} by default. */
  readonly retention?: () => Promise<Partial<Retention> | undefined>;
  /** Frees what else is kept to be quick: bases, installed dependencies. Says how many bytes. */
  readonly tidyCaches?: (options: TidyOptions) => Promise<number>;
}

/** How thoroughly to tidy. */
export interface TidyOptions {
  /** For how long, in seconds, something has not been used that goes. */
  readonly idle: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Only what was made for this one. */
  readonly owner?: string;
}

/** How long after the start, and how often after that, in milliseconds. */
const [firstPause, pause] = [10 * 60_000, 3600_000];
/** What nobody refers to any more goes after this time, in seconds: what is being pushed is not referred to yet. */
const idle = { background: 3600, asked: 60 };
/** A database gets smaller when it has this much free room, in bytes. */
const worthCompacting = 16 * 2 ** 20;

/** Removes what nobody needs any more: at times in the background, and thoroughly when it is asked to. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  readonly #closing = new AbortController();
  readonly #unsubscribe: () => void;
  readonly #clock = new Clock();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#unsubscribe = options.store.onChange(({ id, removed }) => {
      if (removed === true) void this.#forgetFiles(id);
    });
    this.#schedule(firstPause);
  }

  /** Forgets a task that has ended, and everything that was kept for it. @throws PREFISH_TASK_STATE */
  async remove(id: string): Promise<void> {
    const { store, repositories, log } = this.#options;
    const { owner, request } = await store.get(id);
    await store.remove(id);
    await repositories
      .of(owner)
      .forget(request.repo, id)
      .catch((error: unknown) => {
        log('warn', 'the commits of a removed task are still kept', { task: id, error: errorMessage(error) });
      });
  }

  /** What takes room. */
  async usage(signal?: AbortSignal): Promise<DiskUse> {
    return folderUse(this.#options.folder, signal);
  }

  /** Tidies now, one after the other. */
  async clean({ dryRun }: { readonly dryRun: boolean }): Promise<Cleaned> {
    const cleaning = this.#running.then(() => this.#tidy({ idle: idle.asked, dryRun }));
    this.#running = cleaning.catch(() => {});
    return cleaning;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    clearTimeout(this.#timer);
    this.#closing.abort(new PrefishError('PREFISH_INTERRUPTED', 'The server closes.'));
    await this.#running;
  }

  #schedule(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#running
        .then(() => this.#tidy({ idle: idle.background, dryRun: false }))
        .catch((error: unknown) => {
          if (this.#closing.signal.aborted) return;
          this.#options.log('warn', 'housekeeping failed', { error: errorMessage(error) });
        })
        .finally(() => {
          if (!this.#closing.signal.aborted) this.#schedule(pause);
        });
    }, milliseconds).unref();
  }

  async #tidy({ idle: seconds, dryRun }: Omit<TidyOptions, 'signal'>): Promise<Cleaned> {
    const { folder, store, log } = this.#options;
    const { signal } = this.#closing;
    const before = await this.usage(signal);
    const tasks = await this.#expired();
    const kept = [...tasks.map(({ id }) => id), ...(await this.#keptOfNobody())];
    const keptBytes = dryRun
      ? await diskUse(
          kept.map((id) => join(folder, 'kept', id)),
          signal,
        )
      : 0;
    if (!dryRun) {
      for (const { id } of tasks) await this.remove(id).catch(ignoreMissing);
      for (const id of kept) await this.#forgetFiles(id);
    }
    const thorough = seconds === idle.asked;
    const retention = await this.#retention();
    const mirrors = await tidyMirrors(join(folder, 'repositories'), {
      grace: seconds,
      unused: thorough ? 3600 : retention.days * 24 * 3600,
      thorough,
      dryRun,
      signal,
    });
    const caches = (await this.#options.tidyCaches?.({ idle: seconds, dryRun, signal })) ?? 0;
    if (dryRun) return { tasks: tasks.length, freed: mirrors + caches + keptBytes };
    if (thorough && (await store.free()) > worthCompacting) await store.compact();
    const after = await this.usage(signal);
    const freed = Math.max(0, sizeOf(before) - sizeOf(after));
    if (tasks.length > 0 || freed > 0) log('info', 'tidied up', { tasks: tasks.length, freed });
    return { tasks: tasks.length, freed };
  }

  async #retention(): Promise<Retention> {
    return { ...defaultRetention, ...(await this.#options.retention?.().catch(() => undefined)) };
  }

  /** Nothing is too old by a clock that was set forward while the server ran. */
  async #expired(): ReturnType<typeof expiredTasks> {
    const { store, folder, log } = this.#options;
    if (this.#clock.wasSetForward()) {
      log('warn', 'the clock was set forward: no task is removed for its age before the next start');
      return [];
    }
    return expiredTasks(store, folder, await this.#retention(), Date.now());
  }

  async #forgetFiles(id: string): Promise<void> {
    const { folder, log } = this.#options;
    await forgetKeptFiles(folder, id).catch((error: unknown) => {
      log('warn', 'the files of a removed task are still kept', { task: id, error: errorMessage(error) });
    });
  }

  /** The kept files that a server which was killed had no time to remove, by the ids of their tasks. */
  async #keptOfNobody(): Promise<readonly string[]> {
    const { folder, store } = this.#options;
    const ids = await readdir(join(folder, 'kept')).catch((): string[] => []);
    const known = await Promise.all(ids.map((id) => store.get(id).then(() => true, isKnown)));
    return ids.filter((_, at) => !known[at]);
  }
}

function isKnown(error: unknown): boolean {
  return !(isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND');
}

function ignoreMissing(error: unknown): void {
  if (isKnown(error)) throw error;
}

function sizeOf({ database, repositories, caches, kept }: DiskUse): number {
  return database + repositories + caches + kept;
}
