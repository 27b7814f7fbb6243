import { errorMessage, PrefishError } from '@prefish/protocol';
import type { ShellView } from './context.ts';
import { exitOf } from './exit-code.ts';
import { createHooks } from './hooks/hooks.ts';
import { guardHooks } from './hooks/guard.ts';
import type { Host } from './host.ts';
import type { Input } from './input.ts';
import { completeLine } from './lines/complete-line.ts';
import { EventLog } from './lines/event-log.ts';
import { explainLine } from './lines/explain-line.ts';
import { isCompleteLine } from './lines/is-complete-line.ts';
import { leaveShell } from './lines/leave-shell.ts';
import type { LineRunner } from './lines/run-handler.ts';
import { runCommand, runLine } from './lines/run-line.ts';
import type { Outcome } from './outcome.ts';
import type { Plugin } from './plugin.ts';
import type { PrefixTokens } from './prefix.ts';
import { PluginSet } from './registration/plugin-set.ts';
import type { ExpectedPrefix, RefusedToken } from './registration/configured-tokens.ts';
import { Registry } from './registration/registry.ts';
import type { YieldingPrefix } from './registration/yielding.ts';
import { createSession } from './session.ts';
import type { PluginWithOrigin, Settled, Shell } from './shell.ts';
import { joinSignals } from './signals.ts';
import { createTaskDirectory } from './tasks/task-directory.ts';

/** What {@link createShell} takes. */
export interface CreateShellOptions {
  /** Set up one after the other, in this order; cleaned up in reverse. */
  readonly plugins: readonly (Plugin | PluginWithOrigin)[];
  /** What surrounds the shell. Default: nothing; what happens is in what `submit` resolves with. */
  readonly host?: Host;
  /** The folder of the first line. Default: the process's. */
  readonly cwd?: string;
  /** The variables of the first line. Default: the process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Renames, removes and adds tokens, by the id of their prefix. */
  readonly prefixes?: PrefixTokens;
  /** Prefixes that ought to be there: while nobody registers them, lines with their token are refused and say so. */
  readonly expected?: readonly ExpectedPrefix[];
  /** Tokens that are refused while no prefix has them: one that the configuration gave up, say. */
  readonly refused?: readonly RefusedToken[];
  /**
   * Prefixes whose tokens in `prefixes` count only as long as they take nothing from anybody: a stranger
   * chose them. One that does is a `warning` event.
   */
  readonly yielding?: readonly YieldingPrefix[];
  /** The folder in which a plugin of that name may keep what is its own. It need not be there. Default: none. */
  dataFolder?(plugin: string): string;
  /** How long a handler may go on after its signal, in milliseconds, before it is left behind. Default 5000. */
  readonly graceMs?: number;
  /** How long a task source may take to answer, in milliseconds. Default 5000. */
  readonly sourceDeadlineMs?: number;
  /**
   * How long a tap of a hook, or a completion, may take, in milliseconds. Default 10,000. The time in
   * which a tap asks the person something does not count.
   */
  readonly hookDeadlineMs?: number;
  /** How long a setup may take, in milliseconds: it is for registering, work belongs into handlers. Default 10,000. */
  readonly setupDeadlineMs?: number;
  /** How long a cleanup may take, in milliseconds. Default 5000. */
  readonly cleanupDeadlineMs?: number;
}

/**
 * Starts a shell. A plugin that cannot be loaded is an `error` event and an entry with `error` in
 * `plugins`; the shell starts without it. Any number of shells may be open in a process; once closed,
 * one leaves nothing behind.
 *
 * @throws PREFISH_NOT_A_FOLDER when `cwd` is none
 * @example
 * await using shell = await createShell({ plugins: [notes()], host: { event: console.log } });
 * const { exit } = await shell.submit('> remember the milk');
 */
export async function createShell(options: CreateShellOptions): Promise<Shell> {
  const host: Host = options.host ?? {};
  const hookDeadlineMs = options.hookDeadlineMs ?? 10_000;
  const log = new EventLog(host);
  const hooks = createHooks();
  guardHooks(hooks, (error) => log.report('warning', error));
  const registry = new Registry({
    prefixes: options.prefixes ?? {},
    expected: options.expected ?? [],
    refused: options.refused ?? [],
    yielding: options.yielding ?? [],
  });
  const session = createSession(
    options.cwd ?? process.cwd(),
    options.env ?? ({ ...process.env } as Record<string, string>),
  );
  const view: ShellView = {
    get prefixes() {
      return registry.prefixes;
    },
    get commands() {
      return registry.commands;
    },
    get plugins() {
      return plugins.list;
    },
    tasks: createTaskDirectory({
      registered: () => registry.sources,
      hooks,
      deadlineMs: options.sourceDeadlineMs ?? 5000,
      hookDeadlineMs,
    }),
    explain: (text, { prefix } = {}) => explainLine(registry, text, prefix),
    isComplete: (text, { prefix } = {}) => isCompleteLine(registry, { text, prefix }, closing.signal),
  };
  const plugins = new PluginSet({
    registry,
    hooks,
    session,
    view,
    log,
    setupDeadlineMs: options.setupDeadlineMs ?? 10_000,
    cleanupDeadlineMs: options.cleanupDeadlineMs ?? 5000,
    notify: (message) => host.notice?.(message),
    status: (key, text) => host.status?.(key, text),
    dataFolder: (plugin) => options.dataFolder?.(plugin),
  });
  const runner: LineRunner = {
    registry,
    hooks,
    session,
    host,
    log,
    view,
    graceMs: options.graceMs ?? 5000,
    hookDeadlineMs,
    owner: (name) => plugins.owner(name),
  };

  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const settle = async (
    input: Input,
    given: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<Outcome>,
  ): Promise<Settled> => {
    const { signal, stop } = joinSignals(closing.signal, given);
    const work = (closing.signal.aborted ? Promise.reject(closed()) : run(signal)).catch((error: unknown) =>
      error instanceof Error ? error : new Error(errorMessage(error)),
    );
    running.add(work);
    const result = await work;
    running.delete(work);
    stop();
    const exit = exitOf(result);
    if (result instanceof Error) log.report('error', result);
    else if (result.type === 'denied') log.report('error', denial(result));
    log.write({ type: 'exit', ...exit });
    return { input, result, exit };
  };

  let closure: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closure ??= (async () => {
      closing.abort();
      await Promise.all(running);
      await plugins.close();
    })();
    return closure;
  };

  const told = new Set<string>();
  const tellYielded = (): void => {
    for (const [id, warning] of registry.yielded) {
      if (!told.has(id)) log.report('warning', warning);
      told.add(id);
    }
  };

  for (const entry of options.plugins) await plugins.load(entry);
  tellYielded();

  return Object.defineProperties(
    {
      session,
      submit: (text, { origin = 'api', signal, prefix, paste, last } = {}) => {
        const input: Input = {
          text,
          origin,
          ...(prefix === undefined ? {} : { prefix }),
          ...(paste === undefined ? {} : { paste }),
          ...(last === undefined ? {} : { last }),
        };
        return settle(input, signal, (own) => runLine(runner, input, own));
      },
      runCommand: (name, words, { signal } = {}) =>
        settle({ text: `/${[name, ...words].join(' ')}`, origin: 'script' }, signal, (own) =>
          runCommand(runner, name, words, own),
        ),
      complete: async (text, cursor, { signal, prefix } = {}) => {
        const own = joinSignals(closing.signal, signal);
        try {
          return await completeLine(runner, { text, cursor, prefix }, own.signal);
        } finally {
          own.stop();
        }
      },
      leave: async ({ signal } = {}) => {
        const own = joinSignals(closing.signal, signal);
        try {
          return await leaveShell(runner, own.signal);
        } finally {
          own.stop();
        }
      },
      load: (plugin) => plugins.load(plugin).finally(tellYielded),
      unload: (name) => plugins.unload(name),
      close,
      [Symbol.asyncDispose]: close,
    } as Shell,
    Object.getOwnPropertyDescriptors(view),
  );
}

function closed(): PrefishError {
  return new PrefishError('PREFISH_INTERRUPTED', 'The shell is closed');
}

function denial({ reason, hint, declined }: Extract<Outcome, { type: 'denied' }>): PrefishError {
  return new PrefishError(declined === true ? 'PREFISH_DECLINED' : 'PREFISH_DENIED', reason, { hint });
}
