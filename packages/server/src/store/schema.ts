import type { TaskState } from '@prefish/protocol';
import type { Generated } from 'kysely';

/** One task. What its request says already is not repeated in columns, but for what is searched by. */
export interface TaskTable {
  readonly number: Generated<number>;
  /** Whose it is: the name of an account, or '' where a server has one user. */
  readonly owner: string;
  /** What its owner knows it by. Each owner's count from 1. */
  readonly own_number: number;
  readonly id: string;
  readonly repo: string;
  /** The `KeptRequest`, as JSON. */
  readonly request: string;
  readonly place: string;
  readonly sandbox: string;
  readonly state: TaskState;
  readonly reason: string | null;
  readonly attempt: number;
  /** 1 once the line may have begun to run in the current attempt. */
  readonly started: number;
  readonly cancel_requested: number;
  /** How many attempts were lost after the line had begun to run. */
  readonly losses: number;
  readonly worker: string | null;
  /** Seconds since 1970 by the database's clock. */
  readonly lease_until: number | null;
  /** The highest `seq` written. */
  readonly last_seq: number;
  /** Length of the event bodies written by attempts, in bytes. */
  readonly transcript: number;
  /** Length of what its user brought, in the same units: the request, what came along, messages. */
  readonly brought: Generated<number>;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** An `Exit`, as JSON. */
  readonly exit: string | null;
  /** A `Result`, as JSON. */
  readonly result: string | null;
}

/** One event; `task` is the number of its task. */
export interface EventTable {
  readonly task: number;
  readonly seq: number;
  readonly at: string;
  /** The `EventBody`, as JSON. */
  readonly body: string;
}

/** A submitted task waits for another one. The row goes when that one has ended as it should. */
export interface DependencyTable {
  readonly task: number;
  readonly awaits: number;
  /** 1 where any end will do, 0 where that one has to complete. */
  readonly any_end: number;
}

/** What was said to a task by its user, in the order of `number`: each attempt is told all of it. */
export interface MessageTable {
  readonly number: Generated<number>;
  readonly task: number;
  readonly text: string;
}

/** A process that an attempt started. */
export interface ProcessTable {
  readonly task: number;
  readonly attempt: number;
  readonly pid: number;
  readonly start_time: string;
}

/** What came along with a task: apart from it, because lists do without. */
export interface EnclosureTable {
  readonly task: number;
  /** An `Enclosure`, as JSON. */
  readonly body: string;
}

/** An owner of tasks; their numbers are not given again when tasks are removed. */
export interface OwnerTable {
  readonly name: string;
  readonly last_number: number;
  /** When a worker last took one of its tasks; seconds since 1970 by the database's clock. */
  readonly claimed_at: Generated<number>;
}

/** The tables of the store. */
export interface Schema {
  readonly owners: OwnerTable;
  readonly tasks: TaskTable;
  readonly events: EventTable;
  readonly dependencies: DependencyTable;
  readonly processes: ProcessTable;
  readonly enclosures: EnclosureTable;
  readonly messages: MessageTable;
}
