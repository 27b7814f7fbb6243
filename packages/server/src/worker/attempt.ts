import type { EventBody, Exit, Result, SandboxKind } from '@prefish/protocol';
import type { Claim } from '../store/store.ts';

/** One line that goes into a running task's standard input. */
export type TaskInput =
  | { readonly type: 'message'; readonly text: string }
  | {
      readonly type: 'answer';
      readonly question: string;
      readonly choice: string;
      /** The number of the question's event, by which it is known from one of the same id that was asked before. */
      readonly seq?: number | undefined;
    };

/** What an attempt tells the worker that runs it. Every call is fenced: it rejects with `PREFISH_STALE_ATTEMPT` once the lease is lost. */
export interface AttemptLog {
  /** Writes events, in order. Resolves when they are durable, so that awaiting it slows a flood down. */
  append(events: readonly EventBody[]): Promise<void>;
  /** The workspace is ready and the line is about to run. */
  started(sandbox: SandboxKind): Promise<void>;
  /** The outermost process of the attempt exists. Written down before the line runs. */
  process(pid: number): Promise<void>;
}

/** How an attempt ended, apart from cancellation and timeout, which the worker knows itself. */
export interface AttemptEnd {
  readonly exit: Exit;
  /** Why it failed, where its exit does not say: `memory`, `disk`. */
  readonly reason?: string;
  readonly result?: Result;
}

/**
 * Prepares the workspace of a claimed task, runs its line in the sandbox, commits what it changed and
 * removes the workspace. Aborting `signal` leaves no process behind before the promise settles (it then
 * resolves with how the sandbox ended). Rejects when the workspace could not be prepared or the result
 * could not be kept.
 */
export type RunAttempt = (
  claim: Claim,
  log: AttemptLog,
  input: AsyncIterable<TaskInput>,
  signal: AbortSignal,
) => Promise<AttemptEnd>;
