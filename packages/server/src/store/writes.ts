import type { Expression, Kysely, RawBuilder } from 'kysely';
import type { Schema } from './schema.ts';
import type { StoreChange } from './store.ts';

/** The transaction that a job writes in. What it reads in order to change it, it locks: `forUpdate()`. */
export interface Write {
  readonly db: Kysely<Schema>;
  /** The time, for dates: ISO 8601 UTC. */
  readonly now: string | Expression<string>;
  /** Seconds since 1970 by the database's own clock, so that workers on several hosts need not agree on the time. */
  readonly clock: RawBuilder<number>;
  /** Waits until no other transaction is left that said this of the same `work`: for what is counted in order to add to it. */
  inTurn(work: 'submissions'): Promise<void>;
  /** Tells those who follow, once the transaction is committed. */
  notify(change: StoreChange): void;
}

/** Work inside a transaction. What it throws takes back what it wrote, and nothing else. It may be called again. */
export type WriteJob<T> = (write: Write) => Promise<T>;

/** How jobs become durable. */
export interface Writes {
  /** Resolves when what the job wrote is synced to disk. Jobs of one subject, the id of a task or so, are done in order. */
  run<T>(subject: string, job: WriteJob<T>): Promise<T>;
  /** Resolves when every job so far is done. */
  idle(): Promise<void>;
}
