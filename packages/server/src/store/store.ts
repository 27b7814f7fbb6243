import type {
  Enclosure,
  Event,
  EventBody,
  Exit,
  ModelApi,
  Result,
  SandboxKind,
  SubmitTask,
  Task,
  TaskPage,
  TaskState,
} from '@prefish/protocol';

/** What is kept of a request. Leave to use models is kept elsewhere; what came along is read only when it is needed. */
export interface KeptRequest extends Omit<SubmitTask, 'models' | 'enclosed'> {
  readonly models?: never;
  readonly enclosed?: never;
  /** The APIs of the models that came with leave to use them. */
  readonly modelApis?: readonly ModelApi[];
  /** The task that this one takes up, and the commit with what that one left; none where it had changed nothing. */
  readonly continues?: { readonly task: string; readonly commit?: string };
  /** The task whose line this one runs again. */
  readonly repeats?: string;
}

/** Everything that is kept of a task: what viewers see, and what a worker needs to run it. */
export interface StoredTask {
  /** Whose it is: the name of an account, or '' where a server has one user. */
  readonly owner: string;
  readonly task: Task;
  readonly request: KeptRequest;
  /** True from the moment that the line itself may have begun to run in the current attempt. */
  readonly started: boolean;
  readonly cancelRequested: boolean;
}

/** One attempt at a task. */
export interface Lease {
  readonly id: string;
  readonly attempt: number;
  /** What it was extended to when it was looked at, by the clock of the store, in seconds. */
  readonly until?: number | null;
}

/** A task that a worker has taken. `attempt` is the fencing token: writes for an older one are refused. */
export interface Claim extends StoredTask {
  readonly attempt: number;
  readonly enclosed?: Enclosure;
  /** What its user said before this attempt: to the ones before it, and while it waited. */
  readonly messages?: readonly string[];
}

/** How an attempt ended. */
export interface Ending {
  readonly state: Extract<TaskState, 'completed' | 'failed' | 'canceled'>;
  readonly reason?: string;
  /** What kept the line from running to its end, for whoever reads the transcript. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
  readonly exit?: Exit;
  readonly result?: Result;
}

/** A process that an attempt started, written down so that it can be ended even after the server was killed. */
export interface RecordedProcess extends Lease {
  readonly pid: number;
  /** What tells the process from a later one with its pid; see `processStartTime`. */
  readonly startTime: string;
}

/** A task that has ended, and the length of its transcript in bytes. */
export interface EndedTask {
  readonly id: string;
  readonly owner: string;
  readonly repo: string;
  readonly endedAt: string;
  readonly transcript: number;
}

/** What one commit did to one task, for those who follow live. A wake-up: the store has the rest. */
export interface StoreChange {
  readonly id: string;
  /** Whose task it is. */
  readonly owner: string;
  /** The task as it is now; absent when only events were written. */
  readonly task?: Task;
  /** The highest `seq` of its events by then, with `task`. */
  readonly seq?: number;
  /** A working task should end. */
  readonly cancelRequested?: true;
  readonly removed?: true;
}

/** What a task is that its request does not say. */
export interface SubmissionDefaults {
  readonly owner: string;
  readonly place: string;
  readonly sandbox: SandboxKind;
  /** How many tasks that have not ended the owner may have, this one among them. */
  readonly most?: number;
  /** How many tasks may wait, of all owners. With `most`, an owner has no more of them than it leaves room for. */
  readonly mayWait?: number;
}

/** Which tasks {@link Store.list} returns. */
export interface ListQuery {
  /** Whose tasks. */
  readonly owner: string;
  readonly state?: readonly TaskState[];
  readonly repo?: string;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
  readonly counts?: boolean;
}

/**
 * The one place where tasks and events are kept. Every write is durable when it resolves (synced to
 * disk), and checks and writes in one transaction. Implementations share one conformance suite.
 *
 * Any method may also reject with `PREFISH_NO_SPACE` (then nothing of the call was written) or
 * `PREFISH_STORE_CORRUPT`.
 */
export interface Store {
  /**
   * Adds a task of an owner, or returns the one that has this id already (`created: false`). Writes its
   * `state submitted` event. With an `after` task that ended otherwise than `completed` it has
   * failed already, reason `dependency-failed`.
   *
   * @throws PREFISH_TASK_NOT_FOUND for an `after` task that the owner does not have; PREFISH_REQUEST_INVALID
   * for an id that another owner’s task has
   */
  submit(
    request: KeptRequest,
    defaults: SubmissionDefaults,
    enclosed?: Enclosure,
  ): Promise<{ readonly task: Task; readonly created: boolean }>;
  /**
   * A task of an owner, by id, number, unique beginning of an id, or `@last`: all that a request may name.
   *
   * @throws PREFISH_TASK_NOT_FOUND, also for a task of somebody else; PREFISH_TASK_AMBIGUOUS
   */
  find(owner: string, reference: string): Promise<StoredTask>;
  /** A task by its whole id, whoever’s it is: for what the server itself looks after. @throws PREFISH_TASK_NOT_FOUND */
  get(id: string): Promise<StoredTask>;
  /** What came along with a task. */
  enclosure(id: string): Promise<Enclosure | undefined>;
  /** Newest first. @throws PREFISH_REQUEST_INVALID for a cursor that is none */
  list(query: ListQuery): Promise<TaskPage>;
  /** Tasks that have not ended, of one owner or of all. */
  counts(owner?: string): Promise<{ readonly submitted: number; readonly working: number }>;
  /** How many tasks there are in each state, of all owners. */
  states(): Promise<Readonly<Partial<Record<TaskState, number>>>>;
  /** What an owner’s tasks take here, in bytes: what was brought with them and said to them, and their transcripts. */
  size(owner: string): Promise<number>;
  /** Which of these ids are those of an owner’s tasks. */
  ownedBy(owner: string, ids: readonly string[]): Promise<readonly string[]>;
  /** Events with `seq > after`, in order: at most `limit`, and about `maxBytes` of text, but at least one. */
  events(id: string, after: number, limit: number, maxBytes?: number): Promise<readonly Event[]>;

  /**
   * Takes the next submitted task that waits for no other; `undefined` when there is none. Writes `state working`.
   * Owners take turns: next is the oldest task of the one who has the fewest that run, and of several such of the
   * one whose last one was taken the longest ago. None has more than `mostOfOwner` that run.
   */
  claim(worker: string, leaseSeconds: number, mostOfOwner?: number): Promise<Claim | undefined>;
  /** Extends the lease. `lost`: this attempt no longer owns the task. `cancel`: it does, and should end it. */
  beat(id: string, attempt: number, leaseSeconds: number): Promise<'held' | 'lost' | 'cancel'>;
  /** Notes that the line itself is about to run, and in what. @throws PREFISH_STALE_ATTEMPT */
  markStarted(id: string, attempt: number, sandbox: SandboxKind): Promise<void>;
  /**
   * Numbers, dates and writes events in one transaction. Past the limit of a transcript they are
   * dropped, after one `warning`. Resolves with the number of the first. @throws PREFISH_STALE_ATTEMPT
   */
  append(id: string, attempt: number, events: readonly EventBody[]): Promise<number>;
  /**
   * Writes down what the user says to a task: to the attempt given, or to one that is to come. Each attempt
   * that comes is told again. @throws PREFISH_STALE_ATTEMPT; PREFISH_TASK_STATE when no attempt is given and
   * the task does not wait for one
   */
  message(id: string, attempt: number | undefined, text: string): Promise<void>;
  /** Ends the task: writes the `error`, `result`, `exit` and `state` events and the final row at once. @throws PREFISH_STALE_ATTEMPT */
  finish(id: string, attempt: number, ending: Ending): Promise<Task>;
  /** `working` ↔ `input-required`. @throws PREFISH_STALE_ATTEMPT */
  setWaiting(id: string, attempt: number, waiting: boolean): Promise<void>;

  /** Ends a submitted task at once; marks a working one so that its worker ends it. Final tasks stay as they are. */
  requestCancel(id: string): Promise<Task>;
  /** The leases that have run out, or all of them, of one worker or of all: for one that has just started. */
  expired(options: { readonly everything: boolean; readonly worker?: string }): Promise<readonly Lease[]>;
  /**
   * Settles attempts whose processes are known to be gone: cancel requested → `canceled`; not
   * started → `submitted` again; started with retries left → `submitted`; else `failed`, reason
   * `worker-lost`. An attempt that is no longer its task's current one is passed over, and with `onlyExpired`
   * one whose lease was extended since it was looked at.
   */
  reclaim(attempts: readonly Lease[], options?: { readonly onlyExpired: boolean }): Promise<readonly Task[]>;
  /** Final tasks, the one that ended first at the beginning; those that ended before a time (ISO 8601 UTC), where one is given. */
  ended(query: { readonly before?: string; readonly limit: number }): Promise<readonly EndedTask[]>;
  /** The room in the database that removed tasks left, in bytes. */
  free(): Promise<number>;
  /** Gives the room that removed tasks left back to the disk. May take long, and everything else waits. */
  compact(): Promise<void>;
  /** Forgets a final task and its events. @throws PREFISH_TASK_STATE while it has not ended */
  remove(id: string): Promise<void>;

  /** Written down until the attempt ends. @throws PREFISH_STALE_ATTEMPT */
  recordProcess(process: RecordedProcess): Promise<void>;
  processes(): Promise<readonly RecordedProcess[]>;

  /** Calls `listener` after each commit, in commit order. Returns what stops it. */
  onChange(listener: (change: StoreChange) => void): () => void;
  close(): Promise<void>;
}
