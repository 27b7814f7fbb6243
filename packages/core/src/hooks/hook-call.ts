import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunContext } from '../context.ts';
import { late } from '../deadline.ts';
import { unlessAborted } from '../signals.ts';

const calls = new AsyncLocalStorage<HookCall>();

/**
 * One call of a hook: how long each of its taps may take, and what frees it before. While a tap asks
 * the person something, or has the terminal, its time stands still.
 */
export class HookCall {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** What failed without ending the call. */
  readonly failures: Error[] = [];
  readonly #clocks = new Set<{ start(): void; stop(): void }>();
  #questions = 0;

  constructor(options: { readonly deadlineMs: number; readonly signal?: AbortSignal }) {
    this.deadlineMs = options.deadlineMs;
    this.signal = options.signal;
  }

  /** The call that a tap runs for. */
  static get current(): HookCall | undefined {
    return calls.getStore();
  }

  run<T>(hook: () => Promise<T>): Promise<T> {
    return calls.run(this, hook);
  }

  /** What a tap answers; `late` when its time is over. Rejects with the signal's reason when that comes first. */
  async answer<T>(tap: Promise<T>): Promise<T | typeof late> {
    const expired = Promise.withResolvers<typeof late>();
    let timer: NodeJS.Timeout | undefined;
    const clock = {
      start: (): void => {
        timer = setTimeout(expired.resolve, this.deadlineMs, late);
      },
      stop: (): void => clearTimeout(timer),
    };
    this.#clocks.add(clock);
    if (this.#questions === 0) clock.start();
    try {
      const answered = Promise.race([tap, expired.promise]);
      return await (this.signal === undefined ? answered : unlessAborted(this.signal, answered));
    } finally {
      this.#clocks.delete(clock);
      clock.stop();
    }
  }

  /** `context` with questions that stop the clock. */
  unhurried(context: RunContext): RunContext {
    const { ask, lendTerminal } = context;
    return {
      ...context,
      ask: {
        confirm: (...question) => this.#stopped(() => ask.confirm(...question)),
        select: (...question) => this.#stopped(() => ask.select(...question)),
        text: (...question) => this.#stopped(() => ask.text(...question)),
        secret: (message) => this.#stopped(() => ask.secret(message)),
      },
      lendTerminal: (use) => this.#stopped(() => lendTerminal(use)),
    };
  }

  async #stopped<T>(question: () => Promise<T>): Promise<T> {
    if (this.#questions++ === 0) for (const clock of this.#clocks) clock.stop();
    try {
      return await question();
    } finally {
      if (--this.#questions === 0) for (const clock of this.#clocks) clock.start();
    }
  }
}
