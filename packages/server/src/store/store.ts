import type {
  Event,
  EventBody,
  Exit,
  Result,
  SandboxKind,
  SubmitTask,
  Task,
  TaskPage,
  TaskState,
} from '@prefish/protocol';

/** Everything that is kept of a task: what viewers see, and what a worker needs to run it. */
export interface StoredTask {
  readonly task: Task;
  readonly request: SubmitTask;
  /** True from the moment that the line itself may have begun to run in the current attempt. */
  readonly started: boolean;
  readonly cancelRequested: boolean;
}

/** A task that a worker has taken. `attempt` is the fencing token: writes for an older one are refused. */
export interface Claim extends StoredTask {
  readonly attempt: number;
}

/** How an attempt ended. */
export interface Ending {
  readonly state: Extract<TaskState, 'completed' | 'failed' | 'canceled'>;
  readonly reason?: string;
  readonly exit?: Exit;
  readonly result?: Result;
}

/** A process that an attempt started, written down so that it can be ended even after the server was killed. */
export interface RecordedProcess {
  readonly task: string;
  readonly attempt: number;
  readonly pid: number;
  /** Field 22 of `/proc/PID/stat` on Linux: tells a process from a later one with its pid. */
  readonly startTime: string;
}

/** What an {@link Store.append} or a change of state wrote, for those who follow live. */
export interface StoreChange {
  readonly task: Task;
  /** The events written, in order; empty when only the task changed. */
  readonly events: readonly Event[];
  readonly removed?: true;
}

/**
 * The one place where tasks and events are kept. Every method is durable when it resolves (synced to
 * disk), and checks and writes in one transaction. Implementations share one conformance suite.
 */
export interface Store {
  /** Adds a task, or returns the one that has this id already (`created: false`). Writes its `state submitted` event. */
  submit(
    request: SubmitTask,
    defaults: { place: string; sandbox: SandboxKind },
  ): Promise<{ task: Task; created: boolean }>;
  /** By id, number, unique beginning of an id, or `@last`. @throws PREFISH_TASK_NOT_FOUND, PREFISH_TASK_AMBIGUOUS */
  find(reference: string): Promise<StoredTask>;
  /** Newest first. */
  list(query: {
    state?: readonly TaskState[];
    repo?: string;
    limit: number;
    cursor?: string;
  }): Promise<TaskPage>;
  counts(): Promise<{ submitted: number; working: number }>;
  /** Events with `seq > after`, in order, at most `limit` of them and about `maxBytes` of text. */
  events(id: string, after: number, limit: number, maxBytes?: number): Promise<readonly Event[]>;

  /** Takes the oldest submitted task whose `after` tasks have ended; `undefined` when there is none. Writes `state working`. */
  claim(worker: string, leaseSeconds: number): Promise<Claim | undefined>;
  /** Extends the lease. `lost`: this attempt no longer owns the task. `cancel`: it does, and should end it. */
  beat(id: string, attempt: number, leaseSeconds: number): Promise<'held' | 'lost' | 'cancel'>;
  /** Notes that the line itself is about to run, and in what. @throws PREFISH_STALE_ATTEMPT */
  markStarted(id: string, attempt: number, sandbox: SandboxKind): Promise<void>;
  /** Numbers, dates and writes events in one transaction. @throws PREFISH_STALE_ATTEMPT */
  append(id: string, attempt: number, events: readonly EventBody[]): Promise<readonly Event[]>;
  /** Ends the task: writes the `result`, `exit` and `state` events and the final row at once. @throws PREFISH_STALE_ATTEMPT */
  finish(id: string, attempt: number, ending: Ending): Promise<Task>;
  /** `working` ↔ `input-required`. @throws PREFISH_STALE_ATTEMPT */
  setWaiting(id: string, attempt: number, waiting: boolean): Promise<void>;

  /** Ends a submitted task at once; marks a working one so that its worker ends it. Final tasks stay as they are. */
  requestCancel(id: string): Promise<Task>;
  /**
   * Settles every task whose lease has run out, or all leased ones when `everything` (a server that has just
   * started owns every lease in its embedded store): not started → `submitted` again; cancel requested →
   * `canceled`; started with retries left → `submitted`; else `failed`, reason `worker-lost`.
   * Call only once the processes of those attempts are known to be gone.
   */
  reclaim(options: { everything: boolean }): Promise<readonly Task[]>;
  /** The expired leases that {@link reclaim} would settle, so that their processes can be ended first. */
  expired(options: { everything: boolean }): Promise<readonly { id: string; attempt: number }[]>;
  /** Forgets a final task and its events. @throws PREFISH_TASK_STATE while it has not ended */
  remove(id: string): Promise<void>;

  recordProcess(process: RecordedProcess): Promise<void>;
  processes(): Promise<readonly RecordedProcess[]>;
  forgetProcess(task: string, attempt: number): Promise<void>;

  /** Calls `listener` after each commit, in commit order. Returns what stops it. */
  onChange(listener: (change: StoreChange) => void): () => void;
  close(): Promise<void>;
}
