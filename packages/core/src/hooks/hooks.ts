import type { Task } from '@prefish/protocol';
import { AsyncParallelHook, AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook } from 'tapable';
import type { RunContext } from '../context.ts';
import type { Input } from '../input.ts';
import type { Outcome } from '../outcome.ts';
import type { Route } from '../route.ts';

/** When a tap runs among the taps of its hook. */
export const Stage: { readonly early: -100; readonly normal: 0; readonly late: 100 } = {
  early: -100,
  normal: 0,
  late: 100,
};

/** Takes the tasks that a `tasks` tap adds to the list. */
export interface TaskCollector {
  add(task: Task): void;
}

/** What a `leave` tap may do: ask, and say something. */
export type Leaving = Pick<RunContext, 'ask' | 'signal' | 'out' | 'terminal'>;

/**
 * The five hooks of the kernel. Plugins tap them through {@link HookTaps}; only the core calls them. A
 * tap that throws is named (PREFISH_HOOK_FAILED), as is one that does not answer in time
 * (PREFISH_HOOK_LATE) or returns what the hook cannot use.
 *
 * @example
 * shell.hooks.dispatch.tapPromise('ask before rm', async (route, { ask }) =>
 *   !/^rm\b/.test(route.body) || (await ask.confirm(`Really ${route.body}?`))
 *     ? undefined
 *     : { type: 'denied', reason: 'Not confirmed' });
 */
export interface ShellHooks {
  /** Rewrites a line before it is routed; `undefined` keeps it. A tap that fails refuses the line. */
  readonly input: AsyncSeriesWaterfallHook<[Input]>;
  /** Denies, logs or replaces what a routed line would do; `undefined` lets it run. A tap that fails refuses the line. */
  readonly dispatch: AsyncSeriesBailHook<[Route, RunContext], Outcome | undefined>;
  /** Hears how each line ended, refused and interrupted ones too. A tap that fails is a warning. */
  readonly settled: AsyncSeriesHook<[Route, Outcome | Error]>;
  /** Adds tasks to a listing. Task sources are the usual way. */
  readonly tasks: AsyncParallelHook<[TaskCollector, AbortSignal]>;
  /**
   * Called when a person leaves the shell, while it can still ask; not when its terminal goes, or a script
   * has ended. A question that is not answered keeps the shell open; a tap that fails otherwise is a warning.
   */
  readonly leave: AsyncSeriesHook<[Leaving]>;
}

/** What a plugin may do with a hook: tap it, never call it. */
export type Tappable<H extends { tap: unknown; tapAsync: unknown; tapPromise: unknown }> = Pick<
  H,
  'tap' | 'tapAsync' | 'tapPromise'
>;

/** The hooks as plugins see them. */
export type HookTaps = { readonly [K in keyof ShellHooks]: Tappable<ShellHooks[K]> };

/** New hooks, without taps. */
export function createHooks(): ShellHooks {
  return Object.freeze({
    input: new AsyncSeriesWaterfallHook<[Input]>(['input']),
    dispatch: new AsyncSeriesBailHook<[Route, RunContext], Outcome | undefined>(['route', 'context']),
    settled: new AsyncSeriesHook<[Route, Outcome | Error]>(['route', 'result']),
    tasks: new AsyncParallelHook<[TaskCollector, AbortSignal]>(['collector', 'signal']),
    leave: new AsyncSeriesHook<[Leaving]>(['leaving']),
  });
}
