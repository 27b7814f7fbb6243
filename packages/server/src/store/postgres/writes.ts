import { setTimeout as delay } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { StoreChange } from '../store.ts';
import type { Write, WriteJob, Writes } from '../writes.ts';
import { postgresClock, postgresNow } from './connect.ts';
import { isConflict, isInvalidValue, isUnreachable, postgresError } from './errors.ts';
import type { Notices } from './notices.ts';
import type { SharedSchema } from './schema.ts';
import type { Mark, Witnesses } from './witnesses.ts';

/** For how long a database that is away is waited for, in milliseconds. One that is restarted or moves is back before. */
const patience = { write: 60_000, read: 10_000 };
/** How often a transaction that others were in the way of is begun again. */
const mostConflicts = 20;
/** The advisory locks of what is done in turn, beside that of the migrations. */
const locks = { submissions: 7_733_475 };
/** The pauses between two attempts, in milliseconds. */
const pauses = { first: 20, longest: 500 };

/**
 * Runs each write job in a transaction of its own, so that two processes wait for each other's rows as briefly as
 * can be, and jobs of one subject in order. A database that goes away for a while is waited for, and nothing is done
 * twice, nor taken for done: of a commit that was not answered, the database is asked what became of it.
 */
export class PostgresWrites implements Writes {
  readonly #db: Kysely<SharedSchema>;
  readonly #notices: Notices;
  readonly #witnesses: Witnesses;
  readonly #emit: (change: StoreChange) => void;
  readonly #turns = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: {
    readonly db: Kysely<SharedSchema>;
    readonly notices: Notices;
    readonly witnesses: Witnesses;
    /** Called after each commit. */
    readonly emit: (change: StoreChange) => void;
  }) {
    this.#db = options.db;
    this.#notices = options.notices;
    this.#witnesses = options.witnesses;
    this.#emit = options.emit;
  }

  async run<T>(subject: string, job: WriteJob<T>): Promise<T> {
    const before = this.#turns.get(subject);
    const done = Promise.withResolvers<void>();
    this.#turns.set(subject, done.promise);
    try {
      await before;
      return await this.#insist(() => this.#perform(job), patience.write);
    } finally {
      done.resolve();
      if (this.#turns.get(subject) === done.promise) this.#turns.delete(subject);
    }
  }

  /** Asks something that changes nothing. */
  read<T>(query: () => Promise<T>): Promise<T> {
    return this.#insist(query, patience.read);
  }

  async idle(): Promise<void> {
    while (this.#turns.size > 0) await Promise.all(this.#turns.values());
  }

  /** Waits for a database that is away no longer. */
  close(): void {
    this.#closing.abort();
  }

  async #insist<T>(what: () => Promise<T>, longest: number): Promise<T> {
    const deadline = performance.now() + longest;
    let conflicts = 0;
    for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
      try {
        return await what();
      } catch (error) {
        const again = isConflict(error) ? (conflicts += 1) < mostConflicts : isUnreachable(error);
        if (!again || performance.now() > deadline || this.#closing.signal.aborted)
          throw postgresError(error);
        await delay(pause, undefined, { signal: this.#closing.signal }).catch(() => {});
      }
    }
  }

  async #perform<T>(job: WriteJob<T>): Promise<T> {
    const changes: StoreChange[] = [];
    const mark = this.#witnesses.take();
    let ready: { readonly value: T; readonly transaction: string } | undefined;
    try {
      await this.#db.transaction().execute(async (db) => {
        const write: Write = {
          db: db as unknown as Write['db'],
          now: postgresNow,
          clock: postgresClock,
          inTurn: async (work) => {
            await sql`select pg_advisory_xact_lock(${sql.lit(locks[work])})`.execute(db);
          },
          notify: (change) => changes.push(change),
        };
        const value = await job(write);
        // What nobody is told of may as well be done again.
        const transaction = changes.length > 0 ? await this.#notices.announce(db, changes, mark) : '';
        ready = { value, transaction };
      });
    } catch (error) {
      const { transaction = '' } = ready ?? {};
      if (transaction === '' || !isUnreachable(error) || !(await this.#hasCommitted(transaction, mark)))
        throw error;
    } finally {
      this.#witnesses.release(mark);
    }
    for (const change of changes) this.#emit(change);
    return ready!.value;
  }

  /** What became of a transaction whose commit was not answered. */
  async #hasCommitted(transaction: string, mark: Mark): Promise<boolean> {
    for (;;) {
      const status = await this.#insist(() => this.#statusOf(transaction), patience.write);
      if (status === 'lost' || status === 'aborted') return false;
      // Another one has the number since a crash, or this one.
      if (status !== 'in progress') return this.#insist(() => this.#witnesses.confirms(mark), patience.write);
      await delay(pauses.first);
    }
  }

  /** `lost`: the database has not given the number to any transaction, since it crashed. */
  async #statusOf(transaction: string): Promise<string | undefined> {
    try {
      const query = sql<{ status: string | null }>`select pg_xact_status(${transaction}::xid8) as status`;
      return (await query.execute(this.#db)).rows[0]?.status ?? undefined;
    } catch (error) {
      if (isInvalidValue(error)) return 'lost';
      throw error;
    }
  }
}
