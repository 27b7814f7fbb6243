import type { Guard } from '../cluster/guard.ts';
import type { Log } from '../log.ts';
import type { Lease, Store } from '../store/store.ts';

/** How long a lease holds, and how often it is extended. */
export interface LeaseTimes {
  readonly seconds: number;
  readonly beatSeconds: number;
}

/** What a lease is held with, and who is told of it. */
export interface HeldLeaseOptions {
  readonly lease: Lease;
  readonly times: LeaseTimes;
  readonly store: Store;
  readonly log: Log;
  /** What an entry of the log says of the attempt. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Ends the processes of the attempt when this process no longer extends the lease. */
  readonly guard?: Guard | undefined;
  /** Called when the attempt is to end: its task is another's now, or was canceled. */
  stop(reason: 'lost' | 'cancel'): void;
}

/** How long an answer to a beat is waited for at least, in milliseconds: the process may have been stopped for long before it. */
const shortestBeat = 1000;

/** Extends the lease of an attempt for as long as the attempt runs, and has the guard hold its process for that long. */
export class HeldLease {
  readonly #options: HeldLeaseOptions;
  readonly #heart: NodeJS.Timeout;
  #lastBeat: number = performance.now();
  #process: number | undefined;

  constructor(options: HeldLeaseOptions) {
    this.#options = options;
    this.#heart = setInterval(() => void this.#beat(), options.times.beatSeconds * 1000);
  }

  /** Whether the guard has ended the attempt by now, which is no end of the task. */
  get isOver(): boolean {
    return this.#options.guard !== undefined && this.#left <= 0;
  }

  /** Has the guard hold the outermost process of the attempt; the one before it, of a set-up command, has ended. */
  hold(pid: number): void {
    this.#release();
    this.#process = pid;
    this.#tellGuard();
  }

  /** Extends it no longer. */
  close(): void {
    clearInterval(this.#heart);
    this.#release();
  }

  async #beat(): Promise<void> {
    const { lease, times, store, log, fields, stop } = this.#options;
    const began = performance.now();
    // A store that is asked in vain answers late, if at all; the lease ends when it ends.
    const late = Promise.withResolvers<never>();
    const limit = setTimeout(
      () => late.reject(new Error('the store does not answer')),
      Math.min(Math.max(this.#left, shortestBeat), times.beatSeconds * 1000),
    );
    try {
      const beat = store.beat(lease.id, lease.attempt, times.seconds);
      const answer = await Promise.race([beat, late.promise]);
      if (answer === 'lost') stop('lost');
      else {
        this.#lastBeat = began;
        this.#tellGuard();
      }
      if (answer === 'cancel') stop('cancel');
    } catch (error) {
      log('error', 'a lease could not be extended', { ...fields, error: String(error) });
      if (this.#left <= 0) stop('lost');
    } finally {
      clearTimeout(limit);
    }
  }

  /** How much longer the lease holds, in milliseconds. */
  get #left(): number {
    return this.#options.times.seconds * 1000 - (performance.now() - this.#lastBeat);
  }

  #tellGuard(): void {
    if (this.#process !== undefined) this.#options.guard?.hold(this.#process, this.#left);
  }

  #release(): void {
    if (this.#process !== undefined) this.#options.guard?.release(this.#process);
    // A beat may still wait for its answer.
    this.#process = undefined;
  }
}
