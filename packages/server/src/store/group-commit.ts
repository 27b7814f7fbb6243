import type { ControlledTransaction, Kysely, RawBuilder } from 'kysely';
import type { Schema } from './schema.ts';
import type { StoreChange } from './store.ts';
import type { WriteJob, Writes } from './writes.ts';

interface PendingJob {
  readonly run: WriteJob<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Settlement = () => void;

/**
 * Runs write jobs in order, and those that arrive together in one transaction, so that they share
 * one sync to disk. A group begins at the end of the current turn of the event loop; whatever arrives
 * while it is being committed forms the next one, so a lone job never waits for company.
 */
export class GroupCommit implements Writes {
  readonly #db: Kysely<Schema>;
  readonly #clock: RawBuilder<number>;
  readonly #translate: (error: unknown) => unknown;
  readonly #emit: (change: StoreChange) => void;
  #pending: PendingJob[] = [];
  #running: Promise<void> | undefined;

  constructor(options: {
    readonly db: Kysely<Schema>;
    readonly clock: RawBuilder<number>;
    /** Makes the error that a caller sees of one from the database. */
    readonly translate: (error: unknown) => unknown;
    /** Called after each commit, in the order of the jobs. */
    readonly emit: (change: StoreChange) => void;
  }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#translate = options.translate;
    this.#emit = options.emit;
  }

  run<T>(_subject: string, job: WriteJob<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({ run: job, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commit(this.#pending.splice(0));
    }
    this.#running = undefined;
  }

  async #commit(group: readonly PendingJob[]): Promise<void> {
    let settlements: readonly Settlement[];
    try {
      settlements = await this.#write(group);
    } catch (error) {
      for (const job of group) job.reject(this.#translate(error));
      return;
    }
    for (const settle of settlements) settle();
  }

  async #write(group: readonly PendingJob[]): Promise<readonly Settlement[]> {
    const settlements: Settlement[] = [];
    const transaction = await this.#db.startTransaction().execute();
    try {
      const now = new Date().toISOString();
      for (const job of group) settlements.push(await this.#perform(job, transaction, now));
      await transaction.commit().execute();
      return settlements;
    } catch (error) {
      await transaction
        .rollback()
        .execute()
        .catch(() => {});
      throw error;
    }
  }

  async #perform(
    job: PendingJob,
    transaction: ControlledTransaction<Schema>,
    now: string,
  ): Promise<Settlement> {
    const db = await transaction.savepoint('job').execute();
    const changes: StoreChange[] = [];
    try {
      const value = await job.run({
        db,
        now,
        clock: this.#clock,
        // One writes at a time.
        inTurn: () => Promise.resolve(),
        notify: (change) => changes.push(change),
      });
      await db.releaseSavepoint('job').execute();
      return () => {
        job.resolve(value as never);
        for (const change of changes) this.#emit(change);
      };
    } catch (error) {
      try {
        await db.rollbackToSavepoint('job').execute();
        await db.releaseSavepoint('job').execute();
      } catch {
        // SQLite has rolled the whole transaction back, as it does on a full disk: the group fails.
        throw error;
      }
      return () => job.reject(this.#translate(error));
    }
  }
}
