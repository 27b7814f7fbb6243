import {
  PrefishError,
  isFinal,
  isPrefishError,
  type ErrorCodeName,
  type EventBody,
  type Task,
} from '@prefish/protocol';
import { processStartTime } from '@prefish/processes';
import { setTimeout as delay } from 'node:timers/promises';
import type { Guard } from '../cluster/guard.ts';
import type { Log } from '../log.ts';
import type { Claim, Ending, Store } from '../store/store.ts';
import type { AttemptLog, RunAttempt, TaskInput } from '../worker/attempt.ts';
import { HeldLease, type LeaseTimes } from './held-lease.ts';
import { InputQueue } from './input-queue.ts';
import { startLongTimer } from './long-timer.ts';
import { OpenQuestions } from './open-questions.ts';
import { UnreadMessages } from './unread-messages.ts';
import { type AttemptOutcome, type AttemptStop, breakEntry, verdict } from './verdict.ts';

/** What an attempt needs to run. */
export interface RunningAttemptOptions {
  readonly claim: Claim;
  readonly store: Store;
  readonly run: RunAttempt;
  readonly lease: LeaseTimes;
  /** How long what comes before the line may take, in seconds: the checkout, and a set-up command. An hour by default. */
  readonly preparation?: number | undefined;
  readonly log: Log;
  /** Ends the processes of the attempt when this process no longer extends the lease. */
  readonly guard?: Guard | undefined;
}

/** `lost`: the lease is gone, so nothing may be written. `closing`: the server stops, and gives the task back. */
type Stop = AttemptStop | 'lost' | 'closing';

/** How long to wait before an ending that did not fit on the disk is written again, in milliseconds. */
const fullDiskPause = 1000;

/** Runs one attempt at a task under its lease, and writes how it ended. */
export class RunningAttempt {
  /** Resolves, and never rejects, once nothing of the attempt runs and what came of it is written. */
  readonly settled: Promise<void>;
  readonly #options: RunningAttemptOptions;
  readonly #id: string;
  readonly #attempt: number;
  readonly #abort = new AbortController();
  readonly #closing = new AbortController();
  readonly #input = new InputQueue<TaskInput>();
  readonly #questions = new OpenQuestions();
  readonly #unread = new UnreadMessages();
  readonly #lease: HeldLease;
  #stop: Stop | undefined;
  #cancelTimeout = (): void => {};

  constructor(options: RunningAttemptOptions) {
    this.#options = options;
    this.#id = options.claim.task.id;
    this.#attempt = options.claim.attempt;
    this.#lease = new HeldLease({
      ...options,
      lease: { id: this.#id, attempt: this.#attempt },
      times: options.lease,
      fields: this.#fields(),
      stop: (reason) => this.stop(reason),
    });
    for (const text of options.claim.messages ?? []) {
      this.#unread.add(text);
      this.#input.push({ type: 'message', text });
    }
    this.settled = this.#perform();
  }

  get id(): string {
    return this.#id;
  }

  get attempt(): number {
    return this.#attempt;
  }

  /** Whose task it is. */
  get owner(): string {
    return this.#options.claim.owner;
  }

  /** Whether it waits for a person. */
  get asks(): boolean {
    return this.#questions.size > 0;
  }

  /** Ends the attempt. The first reason given counts. */
  stop(reason: Stop): void {
    this.#stop ??= reason;
    if (reason === 'closing') this.#closing.abort();
    this.#abort.abort(new PrefishError('PREFISH_INTERRUPTED', `The attempt was ended: ${this.#stop}.`));
  }

  /**
   * Writes a message or an answer down and hands it to the line.
   *
   * @throws PREFISH_TASK_STATE for an answer to a question that is not open, or was asked by an earlier attempt
   */
  async send(input: TaskInput): Promise<void> {
    const { store } = this.#options;
    if (input.type === 'message') {
      await store.message(this.#id, this.#attempt, input.text);
      this.#unread.add(input.text);
      this.#input.push(input);
    } else {
      const { question, choice, seq } = input;
      this.#questions.close(question, seq);
      await store.append(this.#id, this.#attempt, [{ type: 'answer', id: question, choice, by: 'user' }]);
      await store.setWaiting(this.#id, this.#attempt, this.#questions.size > 0);
      this.#input.push({ type: 'answer', question, choice });
    }
  }

  async #perform(): Promise<void> {
    const { claim, run, log, preparation = 3600 } = this.#options;
    this.#cancelTimeout = startLongTimer(preparation * 1000, () =>
      this.#abort.abort(neverReady(preparation)),
    );
    try {
      const outcome = await run(claim, this.#log(), this.#input, this.#abort.signal).then(
        (end): AttemptOutcome => ({ type: 'ended', end }),
        (error: unknown): AttemptOutcome => ({ type: 'broke', error }),
      );
      this.#cancelTimeout();
      this.#input.close();
      if (this.#lease.isOver) this.stop('lost');
      await this.#settle(outcome);
    } catch (error) {
      log('error', 'the end of an attempt could not be written', { ...this.#fields(), error: String(error) });
    } finally {
      this.#lease.close();
    }
  }

  async #settle(outcome: AttemptOutcome): Promise<void> {
    const { store, log } = this.#options;
    if (outcome.type === 'broke' && this.#stop === undefined) {
      const [level, fields] = breakEntry(outcome.error);
      log(level, 'an attempt broke', { ...this.#fields(), ...fields });
    }
    if (
      this.#stop === 'lost' ||
      (outcome.type === 'broke' && hasCode(outcome.error, 'PREFISH_STALE_ATTEMPT'))
    ) {
      log('warn', 'an attempt lost its lease', this.#fields());
    } else if (this.#stop === 'closing') {
      const [task] = await store.reclaim([{ id: this.#id, attempt: this.#attempt }]);
      if (task !== undefined) this.#tell(task);
    } else {
      await this.#sayWhatIsUnread();
      await this.#finish(verdict(outcome, this.#stop));
    }
  }

  /** Said where it can be: the end of the task does not wait for it. */
  async #sayWhatIsUnread(): Promise<void> {
    const warnings = this.#unread.warnings();
    if (warnings.length > 0)
      await this.#options.store.append(this.#id, this.#attempt, warnings).catch(() => {});
  }

  /** A full disk delays the end of a task; it does not lose it. */
  async #finish(ending: Ending): Promise<void> {
    const { store, log } = this.#options;
    for (;;) {
      try {
        this.#tell(await store.finish(this.#id, this.#attempt, ending));
        return;
      } catch (error) {
        if (hasCode(error, 'PREFISH_STALE_ATTEMPT')) return;
        if (!hasCode(error, 'PREFISH_NO_SPACE')) throw error;
        log('error', 'no space to write the end of a task; trying again', this.#fields());
        await delay(fullDiskPause, undefined, { signal: this.#closing.signal });
      }
    }
  }

  /** Tells the log what became of the task. */
  #tell({ state, reason }: Task): void {
    const message = isFinal(state) ? 'a task ended' : 'a task was given back';
    this.#options.log('info', message, { ...this.#fields(), state, reason });
  }

  #log(): AttemptLog {
    const { store, claim } = this.#options;
    return {
      append: (events) => this.#append(events),
      started: async (sandbox) => {
        await store.markStarted(this.#id, this.#attempt, sandbox);
        this.#cancelTimeout();
        const { timeout } = claim.request.options;
        if (timeout === undefined) return;
        this.#cancelTimeout = startLongTimer(timeout * 1000, () => this.stop('timeout'));
      },
      process: async (pid) => {
        this.#lease.hold(pid);
        const startTime = await processStartTime(pid);
        if (startTime === undefined) return;
        await store.recordProcess({ id: this.#id, attempt: this.#attempt, pid, startTime });
      },
    };
  }

  async #append(said: readonly EventBody[]): Promise<void> {
    const { store } = this.#options;
    if (said.length === 0) return;
    const events = this.#unread.withTurns(said);
    const first = await store.append(this.#id, this.#attempt, events);
    for (const [index, event] of events.entries()) {
      if (event.type === 'question') this.#questions.open(event.id, first + index);
    }
    if (this.asks && events.some(({ type }) => type === 'question'))
      await store.setWaiting(this.#id, this.#attempt, true);
  }

  #fields(): { task: string; attempt: number; account?: string } {
    return { task: this.#id, attempt: this.#attempt, ...accountOf(this.owner) };
  }
}

/** Whose task it is, for the log, where a server has accounts. */
export function accountOf(owner: string): { account?: string } {
  return owner === '' ? {} : { account: owner };
}

function neverReady(seconds: number): PrefishError {
  const message = `the workspace was not ready after ${seconds / 60} minutes`;
  return new PrefishError('PREFISH_WORKSPACE_FAILED', message, {
    hint: 'The line itself did not run. What its set-up command printed, if it has one, is above.',
  });
}

function hasCode(error: unknown, code: ErrorCodeName): boolean {
  return isPrefishError(error) && error.code === code;
}
