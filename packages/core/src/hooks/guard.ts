import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { attributed, inPlugin } from '../attribution.ts';
import { late } from '../deadline.ts';
import { complaintAboutOutcome } from '../lines/check-outcome.ts';
import { systemFailure } from '../system-failure.ts';
import { thrownAt } from '../thrown-at.ts';
import { HookCall } from './hook-call.ts';
import type { HookTaps, ShellHooks, Tappable } from './hooks.ts';

/** The plugin that a tap belongs to travels in the tap's options. */
interface OwnedTap {
  name: string;
  type: 'sync' | 'async' | 'promise';
  fn: (...args: unknown[]) => unknown;
  plugin?: HookOwner;
}

/** Whose taps are guarded. Taps of a closed owner do nothing. */
export interface HookOwner {
  readonly name: string;
  readonly closed: boolean;
}

type AnyHook = ShellHooks[keyof ShellHooks];

/**
 * Installs one `register` interceptor a hook, which closes tapable's traps: an error names the plugin
 * and the hook, a tap is disposed of with its plugin (tapable cannot untap), a promise returned from
 * `tap()` (which tapable would not await) is an error, as is what the hook cannot use, and a tap that
 * does not answer is left behind. What a tap does wrong after it has answered goes to `report`.
 */
export function guardHooks(hooks: ShellHooks, report: (error: PrefishError) => void): void {
  for (const [hookName, hook] of Object.entries(hooks) as [string, AnyHook][]) {
    hook.intercept({
      register: (tap) => {
        const owned = tap as unknown as OwnedTap;
        return {
          ...tap,
          fn: new TapGuard(hookName as keyof ShellHooks, owned, report).guarded(),
        } as typeof tap;
      },
    });
  }
}

/** The hooks as one plugin sees them: its taps carry its name, and it cannot call or intercept. */
export function hookTaps(hooks: ShellHooks, owner: HookOwner): HookTaps {
  const facade = (hook: AnyHook): Tappable<AnyHook> => {
    const owned = hook.withOptions({ plugin: owner } as never) as unknown as Tappable<AnyHook>;
    return Object.freeze({
      tap: owned.tap.bind(owned),
      tapAsync: owned.tapAsync.bind(owned),
      tapPromise: owned.tapPromise.bind(owned),
    }) as Tappable<AnyHook>;
  };
  return Object.freeze({
    input: facade(hooks.input),
    dispatch: facade(hooks.dispatch),
    settled: facade(hooks.settled),
    tasks: facade(hooks.tasks),
    leave: facade(hooks.leave),
  }) as HookTaps;
}

/** One tap, contained. */
class TapGuard {
  readonly #hook: keyof ShellHooks;
  readonly #tap: OwnedTap;
  readonly #plugin: string;
  readonly #report: (error: PrefishError) => void;

  constructor(hook: keyof ShellHooks, tap: OwnedTap, report: (error: PrefishError) => void) {
    this.#hook = hook;
    this.#tap = tap;
    this.#plugin = tap.plugin?.name ?? tap.name;
    this.#report = report;
  }

  /** The function that tapable calls in place of the plugin's. */
  guarded(): OwnedTap['fn'] {
    if (this.#tap.type === 'sync') return (...args) => (this.#closed ? undefined : this.#sync(args));
    const inTime = (args: readonly unknown[], tap: () => Promise<unknown>): Promise<unknown> =>
      this.#inTime(args, tap).catch((error: PrefishError) => this.#fail(error));
    if (this.#tap.type === 'promise') {
      return async (...args) => (this.#closed ? undefined : inTime(args, async () => this.#call(args)));
    }
    return (...args) => {
      const done = args.pop() as (error?: unknown, result?: unknown) => void;
      if (this.#closed) return done();
      const answered = (result: unknown): void => done(null, result);
      void inTime(args, () => this.#calledBack(args)).then(answered, done);
    };
  }

  /** One tap of `tasks` that fails takes nothing from the list of the others. */
  #fail(error: PrefishError): undefined {
    const call = HookCall.current;
    if (this.#hook !== 'tasks' || call === undefined) throw error;
    call.failures.push(error);
  }

  get #closed(): boolean {
    return this.#tap.plugin?.closed === true;
  }

  #call(args: readonly unknown[]): unknown {
    return inPlugin(this.#plugin, `hook ${this.#hook}`, () => this.#tap.fn(...args));
  }

  #sync(args: readonly unknown[]): unknown {
    let result: unknown;
    try {
      result = this.#call(args);
    } catch (cause) {
      return this.#fail(this.#failed(cause));
    }
    if (!isThenable(result)) return this.#checked(result, args);
    result.then(undefined, () => {});
    return this.#fail(
      this.#error(
        'PREFISH_HOOK_PROMISE',
        `${this.#plugin} returned a promise from tap() in the hook "${this.#hook}"`,
        { hint: 'Use tapPromise() for an asynchronous function; tap() does not wait for it.' },
      ),
    );
  }

  /** What the callback of a `tapAsync` function is called with, the first time. */
  #calledBack(args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let answered = false;
      const answer = (cause?: unknown, result?: unknown): void => {
        if (answered) return this.#report(this.#failed(cause || new Error('it called back twice')));
        answered = true;
        if (cause) reject(cause);
        else resolve(result);
      };
      try {
        this.#call([...args, answer]);
      } catch (cause) {
        if (answered) this.#report(this.#failed(cause));
        answered = true;
        reject(cause);
      }
    });
  }

  async #inTime(args: readonly unknown[], tap: () => Promise<unknown>): Promise<unknown> {
    const call = HookCall.current;
    const answering = tap();
    let result: unknown;
    try {
      result = await (call === undefined ? answering : call.answer(answering));
    } catch (cause) {
      if (!call?.signal?.aborted) throw this.#failed(cause);
      throw this.#error('PREFISH_INTERRUPTED', `Interrupted while ${this.#plugin} held the line`, { cause });
    }
    if (result !== late) return this.#checked(result, args);
    throw this.#error(
      'PREFISH_HOOK_LATE',
      `${this.#plugin} did not answer within ${call!.deadlineMs / 1000} s in the hook "${this.#hook}"`,
      { hint: `Remove ${this.#plugin} from the configuration until it is mended.` },
    );
  }

  /** The result, when it is one that the hook can use. */
  #checked(result: unknown, [first]: readonly unknown[]): unknown {
    if (result === undefined) return undefined;
    if (this.#hook === 'dispatch') {
      const complaint = complaintAboutOutcome(result);
      if (complaint !== undefined) throw this.#failed(new Error(`it returned ${complaint}`));
    }
    if (this.#hook !== 'input') return result;
    if (typeof (result as { text?: unknown } | null)?.text !== 'string') {
      throw this.#failed(new Error('it returned no input: an object with a text, or undefined to keep it'));
    }
    return { ...(first as object), ...(result as object) };
  }

  #failed(cause: unknown): PrefishError {
    if (isPrefishError(cause)) return attributed(cause, { plugin: this.#plugin, hook: this.#hook });
    const system = systemFailure(cause);
    if (system !== undefined) return attributed(system, { plugin: this.#plugin, hook: this.#hook });
    return this.#error(
      'PREFISH_HOOK_FAILED',
      `${this.#plugin} failed in the hook "${this.#hook}": ${errorMessage(cause)}${thrownAt(cause)}`,
      {
        cause,
        hint: `Remove ${this.#plugin} from the configuration until it is mended. PREFISH_DEBUG=1 shows the stack.`,
      },
    );
  }

  #error(
    code: 'PREFISH_HOOK_FAILED' | 'PREFISH_HOOK_PROMISE' | 'PREFISH_HOOK_LATE' | 'PREFISH_INTERRUPTED',
    message: string,
    details: { readonly cause?: unknown; readonly hint?: string },
  ): PrefishError {
    return new PrefishError(code, message, { plugin: this.#plugin, hook: this.#hook, ...details });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}
