import { errorMessage, PrefishError } from '@prefish/protocol';
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
 * and the hook, a tap is disposed of with its plugin (tapable cannot untap), and a promise returned
 * from `tap()` (which tapable would not await) is an error.
 */
export function guardHooks(hooks: ShellHooks): void {
  for (const [hookName, hook] of Object.entries(hooks) as [string, AnyHook][]) {
    hook.intercept({
      register: (tap) => {
        const owned = tap as unknown as OwnedTap;
        return { ...tap, fn: guardTap(hookName, owned) } as typeof tap;
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
  }) as HookTaps;
}

function guardTap(hook: string, { fn, type, plugin, name }: OwnedTap): OwnedTap['fn'] {
  const owner = plugin?.name ?? name;
  const failed = (cause: unknown): PrefishError =>
    new PrefishError('PREFISH_HOOK_FAILED', `${owner} failed in the hook "${hook}": ${errorMessage(cause)}`, {
      plugin: owner,
      hook,
      cause,
      hint: `Remove ${owner} from the configuration until it is mended.`,
    });
  if (type === 'promise') {
    return async (...args) => {
      if (plugin?.closed) return undefined;
      try {
        return await fn(...args);
      } catch (cause) {
        throw failed(cause);
      }
    };
  }
  if (type === 'async') {
    return (...args) => {
      const done = args.at(-1) as (error?: unknown, result?: unknown) => void;
      if (plugin?.closed) return done();
      try {
        return fn(...args.slice(0, -1), (cause?: unknown, result?: unknown) =>
          cause ? done(failed(cause)) : done(null, result),
        );
      } catch (cause) {
        return done(failed(cause));
      }
    };
  }
  return (...args) => {
    if (plugin?.closed) return undefined;
    let result: unknown;
    try {
      result = fn(...args);
    } catch (cause) {
      throw failed(cause);
    }
    if (!isThenable(result)) return result;
    result.then(undefined, () => {});
    throw new PrefishError(
      'PREFISH_HOOK_PROMISE',
      `${owner} returned a promise from tap() in the hook "${hook}"`,
      {
        plugin: owner,
        hook,
        hint: 'Use tapPromise() for an asynchronous function; tap() does not wait for it.',
      },
    );
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}
