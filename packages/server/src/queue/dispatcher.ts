import { PrefishError } from '@prefish/protocol';
import type { Guard } from '../cluster/guard.ts';
import type { Log } from '../log.ts';
import type { Claim, Lease, Store, StoreChange } from '../store/store.ts';
import type { RunAttempt, TaskInput } from '../worker/attempt.ts';
import { startLongTimer } from './long-timer.ts';
import { reconcile } from './reconciliation.ts';
import type { LeaseTimes } from './held-lease.ts';
import { RunningAttempt, accountOf } from './running-attempt.ts';
import type { Workers } from './waiting-reason.ts';

/** What a dispatcher runs, and how much of it at once. */
export interface DispatcherOptions {
  readonly store: Store;
  readonly run: RunAttempt;
  /** How many attempts run at the same time. One that waits for a person is not counted. */
  readonly concurrency: number;
  /** How many of one owner run or wait for a person at the same time, by all workers; any number, by default. */
  readonly mostOfOwner?: number | undefined;
  /** How long what runs may go on once this closes, in milliseconds; not at all, by default. */
  readonly drain?: number | undefined;
  readonly log: Log;
  /** The name under which tasks are taken. */
  readonly worker?: string;
  readonly lease?: LeaseTimes;
  /** {@link RunningAttemptOptions.preparation} */
  readonly preparation?: number;
  /** Ends what runs here when this process no longer extends its leases. */
  readonly guard?: Guard;
  /** How often to look for leases that ran out, in milliseconds. */
  readonly reconcileInterval?: number;
  /** The folder that an attempt works in, by which what it left is found. */
  readonly workFolder?: (lease: Lease) => string;
  /** Hands an input to another process, which may run the task. @throws PREFISH_TASK_STATE when none does */
  readonly elsewhere?: (id: string, input: TaskInput) => Promise<void>;
}

const defaultLease: LeaseTimes = { seconds: 10, beatSeconds: 3 };
/** How many attempts may wait for a person beside those that run: each still holds its processes and its workspace. */
const mostAsking = 32;
const defaultReconcileInterval = 5000;
/** How long to wait after the store refused a claim, in milliseconds. */
const claimPause = 1000;

/** Takes submitted tasks from the store and runs them, until it is closed. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #running = new Map<string, RunningAttempt>();
  /** Cancellations that came between a claim and the start of its attempt. */
  readonly #canceled = new Set<string>();
  readonly #unsubscribe: () => void;
  #filling: Promise<void> | undefined;
  #fillAgain = false;
  #reconciling: Promise<void> | undefined;
  #reconcileTimer: NodeJS.Timeout | undefined;
  #claimTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#unsubscribe = options.store.onChange((change) => this.#noticed(change));
  }

  /** Begins to take tasks. Call it once what ran before has been reconciled. */
  start(): void {
    const { reconcileInterval = defaultReconcileInterval } = this.#options;
    this.#reconcileTimer = setInterval(() => this.#reconcile(), reconcileInterval);
    this.#fill();
  }

  /**
   * Hands a message or an answer to a running task. A message for one that waits to run, again perhaps, is kept
   * for it.
   *
   * @throws PREFISH_TASK_STATE when the task has ended, or is asked nothing
   */
  async send(id: string, input: TaskInput): Promise<void> {
    const attempt = this.#running.get(id);
    if (attempt !== undefined) return attempt.send(input);
    if (input.type === 'message') {
      try {
        return await this.#options.store.message(id, undefined, input.text);
      } catch (error) {
        // Begun meanwhile.
        const begun = this.#running.get(id);
        if (begun !== undefined) return begun.send(input);
        if (this.#options.elsewhere === undefined) throw error;
      }
    }
    if (this.#options.elsewhere !== undefined) return this.#options.elsewhere(id, input);
    throw new PrefishError('PREFISH_TASK_STATE', `Task ${id} does not run, so nothing can be said to it.`);
  }

  /** Whether an attempt at this task runs in this process. */
  runs(id: string): boolean {
    return this.#running.has(id);
  }

  /** How many workers there are, and how many of them are at work. */
  get workers(): Workers {
    const asking = [...this.#running.values()].filter((attempt) => attempt.asks).length;
    const busy = this.#running.size - Math.min(asking, mostAsking);
    const all = this.#options.concurrency;
    return { busy: Math.min(busy, all), all };
  }

  /** How many tasks of an owner run here, or wait for a person. */
  runningOf(owner: string): number {
    return [...this.#running.values()].filter((attempt) => attempt.owner === owner).length;
  }

  /** Takes no more tasks, and ends those that still run when the time to drain is over; they are given back as the rules for lost workers say. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#reconcileTimer);
    clearTimeout(this.#claimTimer);
    await Promise.all([this.#filling, this.#reconciling]);
    const attempts = [...this.#running.values()];
    const settled = Promise.all(attempts.map((attempt) => attempt.settled));
    await this.#drain(attempts.length, settled);
    for (const attempt of attempts) attempt.stop('closing');
    await settled;
    this.#unsubscribe();
  }

  async #drain(tasks: number, settled: Promise<unknown>): Promise<void> {
    const { drain = 0, log } = this.#options;
    if (drain === 0 || tasks === 0) return;
    log('info', 'waits for what runs to end', { tasks, seconds: drain / 1000 });
    const over = Promise.withResolvers<void>();
    const stop = startLongTimer(drain, over.resolve);
    await Promise.race([settled, over.promise]);
    stop();
  }

  #noticed({ id, task, cancelRequested }: StoreChange): void {
    if (cancelRequested) {
      const attempt = this.#running.get(id);
      if (attempt !== undefined) attempt.stop('cancel');
      // Otherwise it runs elsewhere, or is being claimed.
      else if (this.#filling !== undefined) this.#canceled.add(id);
    }
    // Submitted, ended, or waiting for a person: a worker may be free for another.
    if (task !== undefined && task.state !== 'working') this.#fill();
  }

  #fill(): void {
    if (this.#closing) return;
    this.#fillAgain = true;
    this.#filling ??= this.#claimAll()
      .catch((error: unknown) => {
        this.#options.log('error', 'no task could be taken; trying again', { error: String(error) });
        if (!this.#closing) this.#claimTimer = setTimeout(() => this.#fill(), claimPause);
      })
      .finally(() => {
        this.#filling = undefined;
        this.#canceled.clear();
        if (this.#fillAgain) this.#fill();
      });
  }

  async #claimAll(): Promise<void> {
    const { store, worker = 'embedded', lease = defaultLease, mostOfOwner } = this.#options;
    while (this.#fillAgain) {
      this.#fillAgain = false;
      while (!this.#closing && this.workers.busy < this.workers.all) {
        const claim = await store.claim(worker, lease.seconds, mostOfOwner);
        if (claim === undefined) break;
        await this.#launch(claim);
      }
    }
  }

  async #launch(claim: Claim): Promise<void> {
    const { store, run, lease = defaultLease, preparation, log, guard } = this.#options;
    const { id } = claim.task;
    if (this.#closing) {
      await store.reclaim([{ id, attempt: claim.attempt }]);
      return;
    }
    log('info', 'a task begins', { task: id, attempt: claim.attempt, ...accountOf(claim.owner) });
    const attempt = new RunningAttempt({ claim, store, run, lease, preparation, log, guard });
    this.#running.set(id, attempt);
    if (this.#canceled.delete(id)) attempt.stop('cancel');
    void attempt.settled.then(() => {
      if (this.#running.get(id) === attempt) this.#running.delete(id);
      this.#fill();
    });
  }

  #reconcile(): void {
    const { store, log, workFolder } = this.#options;
    this.#reconciling ??= reconcile({
      store,
      log,
      everything: false,
      workFolder,
      except: ({ id, attempt }) => this.#running.get(id)?.attempt === attempt,
    })
      .then(
        () => {},
        (error: unknown) => log('error', 'reconciliation failed', { error: String(error) }),
      )
      .finally(() => {
        this.#reconciling = undefined;
      });
  }
}
