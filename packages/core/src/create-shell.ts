import { errorMessage, isPrefishError, type EventBody } from '@prefish/protocol';
import type { RunContext, ShellView } from './context.ts';
import { exitOf } from './exit-code.ts';
import { createHooks } from './hooks/hooks.ts';
import { guardHooks } from './hooks/guard.ts';
import type { Host } from './host.ts';
import type { Input } from './input.ts';
import { completeLine } from './lines/complete-line.ts';
import { explainLine } from './lines/explain-line.ts';
import { createLineContext, EventLog } from './lines/line-context.ts';
import { runCommand, runLine, type LineRunner } from './lines/run-line.ts';
import type { Outcome } from './outcome.ts';
import type { Plugin } from './plugin.ts';
import type { PrefixTokens } from './prefix.ts';
import { loadPlugin, type SetUpPlugin } from './registration/load-plugin.ts';
import { Registry } from './registration/registry.ts';
import { createSession } from './session.ts';
import type { LoadedPlugin, Settled, Shell } from './shell.ts';
import { createTaskDirectory } from './tasks/task-directory.ts';

/** What {@link createShell} takes. */
export interface CreateShellOptions {
  readonly plugins: readonly (Plugin | { readonly plugin: Plugin; readonly origin: string })[];
  readonly host?: Host;
  /** The folder of the first line. Default: the process's. */
  readonly cwd?: string;
  /** The variables of the first line. Default: the process's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly prefixes?: PrefixTokens;
  /** Prefixes that ought to be there: while nobody registers them, lines with their token are refused and say so. */
  readonly expected?: readonly { readonly id: string; readonly token: string; readonly plugin: string }[];
  /** How long a handler may go on after its signal, in milliseconds, before it is left behind. Default 5000. */
  readonly graceMs?: number;
  /** How long a task source may take to answer, in milliseconds. Default 5000. */
  readonly sourceDeadlineMs?: number;
}

/**
 * Starts a shell. A plugin that cannot be loaded is an `error` event and an entry with `error` in
 * `plugins`; the shell starts without it.
 *
 * @throws PREFISH_NOT_A_FOLDER when `cwd` is none
 * @example
 * await using shell = await createShell({ plugins: [notes()], host: { event: console.log } });
 * const { exit } = await shell.submit('> remember the milk');
 */
export async function createShell(options: CreateShellOptions): Promise<Shell> {
  const host: Host = options.host ?? {};
  const hooks = createHooks();
  guardHooks(hooks);
  const registry = new Registry({ prefixes: options.prefixes ?? {}, expected: options.expected ?? [] });
  const session = createSession(
    options.cwd ?? process.cwd(),
    options.env ?? ({ ...process.env } as Record<string, string>),
  );
  const log = new EventLog(host);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const plugins: LoadedPlugin[] = [];
  const setUp: SetUpPlugin[] = [];

  const view: ShellView = {
    get prefixes() {
      return registry.prefixes;
    },
    get commands() {
      return registry.commands;
    },
    get plugins() {
      return plugins;
    },
    tasks: createTaskDirectory({
      sources: () => registry.sources,
      hooks,
      deadlineMs: options.sourceDeadlineMs ?? 5000,
    }),
    explain: (text) => explainLine(registry, text),
  };
  const runner: LineRunner = { registry, hooks, session, host, log, view, graceMs: options.graceMs ?? 5000 };

  for (const entry of options.plugins) {
    const { plugin, origin } = placed(entry);
    const known = {
      name: plugin?.name ?? 'a plugin',
      origin,
      ...(plugin?.version === undefined ? {} : { version: plugin.version }),
    };
    try {
      setUp.push(
        await loadPlugin(plugin, {
          registry,
          hooks,
          session,
          view,
          notify: (message) => host.notice?.(message),
          warn: (code, message, hint, name) =>
            log.write(withHint({ type: 'warning', code, message, plugin: name }, hint)),
        }),
      );
      plugins.push({ ...known, ...registry.registeredBy(known.name) });
    } catch (error) {
      plugins.push({ ...known, prefixes: [], commands: [], sources: [], error: error as Error });
      log.write(errorEvent(error));
    }
  }

  const settle = async (
    input: Input,
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<Outcome>,
  ): Promise<Settled> => {
    const own = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
    const work = run(own).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
    running.add(work);
    const result = await work;
    running.delete(work);
    const exit = exitOf(result);
    if (result instanceof Error) log.write(errorEvent(result));
    if (!(result instanceof Error) && result.type === 'denied') {
      log.write(withHint({ type: 'error', code: 'PREFISH_DENIED', message: result.reason }, result.hint));
    }
    log.write({ type: 'exit', ...exit });
    return { input, result, exit };
  };

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all(running);
    for (const plugin of setUp.reverse()) {
      await plugin.close().catch((error: unknown) => log.write(errorEvent(error)));
    }
  };

  return {
    ...Object.defineProperties({} as ShellView, Object.getOwnPropertyDescriptors(view)),
    get prefixes() {
      return registry.prefixes;
    },
    get commands() {
      return registry.commands;
    },
    plugins,
    session,
    submit: (text, { origin = 'api', signal } = {}) =>
      settle({ text, origin }, signal, (own) => runLine(runner, { text, origin }, own)),
    runCommand: (name, words, { signal } = {}) =>
      settle({ text: `/${[name, ...words].join(' ')}`, origin: 'script' }, signal, (own) =>
        runCommand(runner, name, words, own),
      ),
    complete: (text, cursor, signal = closing.signal) => {
      const context = (plugin: string): RunContext =>
        createLineContext({ ...runner, plugin, origin: 'typed', signal }).context;
      return completeLine(registry, text, cursor, context);
    },
    close: () => (closed ??= close()),
    [Symbol.asyncDispose]: () => (closed ??= close()),
  };
}

/** An entry of `plugins` with its origin. Anything may stand there when configuration is wrong. */
function placed(entry: CreateShellOptions['plugins'][number]): { plugin: Plugin; origin: string } {
  return typeof entry === 'object' && entry !== null && 'plugin' in entry
    ? entry
    : { plugin: entry, origin: 'given' };
}

/** An error as an event. */
function errorEvent(error: unknown): EventBody {
  const known = isPrefishError(error) ? error : undefined;
  const event = {
    type: 'error' as const,
    code: known?.code ?? 'PREFISH_PLUGIN_FAILED',
    message: errorMessage(error),
  };
  return withHint(known?.plugin === undefined ? event : { ...event, plugin: known.plugin }, known?.hint);
}

function withHint<T extends EventBody>(event: T, hint: string | undefined): T {
  return hint === undefined ? event : { ...event, hint };
}
