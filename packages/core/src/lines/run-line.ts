import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { parseCommand } from '../command-args.ts';
import type { RunContext, Session, ShellView } from '../context.ts';
import { late, whenAborted, within } from '../deadline.ts';
import type { ShellHooks } from '../hooks/hooks.ts';
import type { Host } from '../host.ts';
import type { Input, Origin } from '../input.ts';
import { parseLeadingOptions } from '../leading-options.ts';
import type { Outcome } from '../outcome.ts';
import { pass } from '../prefix.ts';
import type { Registry } from '../registration/registry.ts';
import { route, type Route } from '../route.ts';
import { splitWords } from '../words.ts';
import { createLineContext, type EventLog } from './line-context.ts';
import { noOwner, refusal } from './refusal.ts';

/** How often a line may be forwarded before that is taken for a circle. */
const maxForwards = 10;

/** The parts of a shell that running a line needs. */
export interface LineRunner {
  readonly registry: Registry;
  readonly hooks: ShellHooks;
  readonly session: Session;
  readonly host: Host;
  readonly log: EventLog;
  readonly view: ShellView;
  readonly graceMs: number;
}

/** A handler to run: whose it is, what it is called in errors, and its call. */
interface Handler {
  readonly plugin: string;
  readonly hook: string;
  run(context: RunContext): unknown;
}

/** Runs one input to its outcome, through the hooks, following forwards. */
export async function runLine(shell: LineRunner, input: Input, signal: AbortSignal): Promise<Outcome> {
  let current = input;
  for (let forwards = 0; forwards <= maxForwards; forwards++) {
    current = (await shell.hooks.input.promise(current)) ?? current;
    const line = route(current.text, shell.registry.table);
    const outcome = await settle(shell, line, () => dispatch(shell, line, current.origin, signal));
    if (outcome.type !== 'forward') return outcome;
    current = { ...current, text: outcome.text };
  }
  throw new PrefishError(
    'PREFISH_DENIED',
    `The line was forwarded more than ${maxForwards} times: ${input.text}`,
    {
      hint: 'Two plugins forward it to each other.',
    },
  );
}

/** Runs one command by name with words, as `prefish NAME WORDS…` does. */
export function runCommand(
  shell: LineRunner,
  name: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const text = `/${[name, ...words].join(' ')}`;
  const line: Route = { kind: 'command', name, body: words.join(' '), text };
  return settle(shell, line, () => dispatch(shell, line, 'script', signal, words));
}

async function settle(shell: LineRunner, line: Route, run: () => Promise<Outcome>): Promise<Outcome> {
  let result: Outcome | Error;
  try {
    result = await run();
  } catch (error) {
    result = error instanceof Error ? error : new Error(String(error));
  }
  try {
    await shell.hooks.settled.promise(line, result);
  } catch (error) {
    reportHookFailure(shell.log, error);
  }
  if (result instanceof Error) throw result;
  return result;
}

async function dispatch(
  shell: LineRunner,
  line: Route,
  origin: Origin,
  signal: AbortSignal,
  words?: readonly string[],
): Promise<Outcome> {
  if (shell.hooks.dispatch.taps.length > 0) {
    const policy = createLineContext({ ...shell, plugin: 'hook dispatch', origin, signal });
    const decided = await shell.hooks.dispatch.promise(line, policy.context);
    if (decided !== undefined) return decided;
  }
  if (line.kind === 'refused') throw refusal(line.claim);
  const handler = handlerOf(shell.registry, line, words);
  const result = await runHandler(shell, handler, origin, signal);
  if (result !== pass) return result;
  const text = textHandler(shell.registry, line);
  const second = await runHandler(shell, text, origin, signal);
  if (second === pass) throw noOwner(shell.registry, line);
  return second;
}

function handlerOf(
  registry: Registry,
  line: Exclude<Route, { kind: 'refused' }>,
  words: readonly string[] | undefined,
): Handler {
  if (line.kind === 'text') return textHandler(registry, line);
  if (line.kind === 'prefix') {
    const { prefix, plugin } = registry.prefix(line.prefix.id)!;
    return {
      plugin,
      hook: `prefix ${prefix.id}`,
      run: (context) => {
        if (prefix.args === undefined) return prefix.run(line.body, context, {});
        const { values, body } = parseLeadingOptions(line.body, prefix.args, prefix.id);
        return prefix.run(body, context, values as never);
      },
    };
  }
  const command = registry.command(line.name);
  if (command === undefined) {
    throw new PrefishError('PREFISH_UNKNOWN_COMMAND', `There is no command "${line.name}"`, {
      hint: 'prefish --help lists them.',
    });
  }
  return {
    plugin: command.plugin,
    hook: `command ${command.name}`,
    run: (context) => {
      const parsed = parseCommand(command, words ?? splitWords(line.body));
      return parsed.command.run(parsed.args, context);
    },
  };
}

function textHandler(registry: Registry, line: Route): Handler {
  const owners = registry.prefixes.filter(({ token }) => token === '');
  if (owners.length > 1) throw refusal({ token: '', owners });
  const entry = owners[0] === undefined ? undefined : registry.prefix(owners[0].id);
  if (entry === undefined) throw noOwner(registry, line);
  const body = line.kind === 'text' ? line.body : line.text;
  return {
    plugin: entry.plugin,
    hook: `prefix ${entry.prefix.id}`,
    run: (context) => entry.prefix.run(body, context, {}),
  };
}

/** Runs a handler until it settles, or until its grace period after the signal is over. */
async function runHandler(
  shell: LineRunner,
  handler: Handler,
  origin: Origin,
  signal: AbortSignal,
): Promise<Outcome | typeof pass> {
  const { plugin, hook } = handler;
  const { context, detach } = createLineContext({ ...shell, plugin, origin, signal });
  const running = Promise.resolve()
    .then(() => handler.run(context))
    .catch((cause: unknown) => {
      if (signal.aborted) throw interrupted(cause);
      if (isPrefishError(cause)) throw cause;
      throw new PrefishError('PREFISH_PLUGIN_FAILED', `${plugin} failed in ${hook}: ${errorMessage(cause)}`, {
        plugin,
        hook,
        cause,
      });
    });
  const abort = whenAborted(signal);
  try {
    const first = await Promise.race([running, abort.aborted.then(() => late)]);
    const result = first === late ? await within(shell.graceMs, running) : first;
    if (result !== late) return checkedOutcome(result, plugin, hook);
  } finally {
    abort.stop();
  }
  detach();
  running.catch(() => {});
  throw new PrefishError(
    'PREFISH_PLUGIN_DETACHED',
    `${plugin} did not stop within ${shell.graceMs / 1000} s and was left behind (${hook})`,
    { plugin, hook },
  );
}

function checkedOutcome(result: unknown, plugin: string, hook: string): Outcome | typeof pass {
  if (result === pass || (typeof result === 'object' && result !== null && 'type' in result))
    return result as Outcome;
  throw new PrefishError('PREFISH_PLUGIN_FAILED', `${plugin} returned no outcome from ${hook}`, {
    plugin,
    hook,
    hint: "Return { type: 'ok' }, or pass to decline.",
  });
}

function interrupted(cause: unknown): unknown {
  return isPrefishError(cause) ? cause : new PrefishError('PREFISH_INTERRUPTED', 'Interrupted', { cause });
}

function reportHookFailure(log: EventLog, error: unknown): void {
  const known = isPrefishError(error) ? error : undefined;
  log.write({
    type: 'warning',
    code: known?.code ?? 'PREFISH_HOOK_FAILED',
    message: errorMessage(error),
    ...(known?.plugin === undefined ? {} : { plugin: known.plugin }),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  });
}
