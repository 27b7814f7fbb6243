import type { Generated } from 'kysely';
import type { Schema } from '../schema.ts';

/** A message or an answer on its way to the worker that runs the task. */
export interface InputTable {
  readonly number: Generated<number>;
  readonly task: number;
  /** A `TaskInput`, as JSON. */
  readonly body: string;
  /** What the worker said, as JSON: `{}`, or the code and message of an error. */
  readonly answer: string | null;
}

/** A worker of the queue. */
export interface WorkerTable {
  readonly name: string;
  readonly concurrency: number;
  /** Seconds since 1970 by the database's clock. */
  readonly seen_at: number;
}

/** What the last transaction left that had the slot; {@link import('./witnesses.ts').Witnesses}. */
export interface WitnessTable {
  readonly slot: string;
  readonly token: number;
  /** Seconds since 1970 by the database's clock. */
  readonly written_at: number;
}

/** The tables of a database that several processes share. */
export interface SharedSchema extends Schema {
  readonly inputs: InputTable;
  readonly workers: WorkerTable;
  readonly witnesses: WitnessTable;
}
