import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { attributed, inPlugin } from '../attribution.ts';
import type { RunContext, Session, ShellView } from '../context.ts';
import { late, within } from '../deadline.ts';
import type { ShellHooks } from '../hooks/hooks.ts';
import type { Host } from '../host.ts';
import type { Provenance } from '../input.ts';
import type { Outcome } from '../outcome.ts';
import { pass } from '../prefix.ts';
import type { PluginOwner } from '../registration/plugin-owner.ts';
import type { Registry } from '../registration/registry.ts';
import { joinSignals, whenAborted } from '../signals.ts';
import { systemFailure } from '../system-failure.ts';
import { thrownAt } from '../thrown-at.ts';
import { complaintAboutOutcome } from './check-outcome.ts';
import type { EventLog } from './event-log.ts';
import { createLineContext } from './line-context.ts';

/** The parts of a shell that running a line needs. */
export interface LineRunner {
  readonly registry: Registry;
  readonly hooks: ShellHooks;
  readonly session: Session;
  readonly host: Host;
  readonly log: EventLog;
  readonly view: ShellView;
  readonly graceMs: number;
  readonly hookDeadlineMs: number;
  /** The loaded plugin of that name. */
  owner(plugin: string): PluginOwner | undefined;
}

/** A handler to run: whose it is, what it is called in errors, and its call. */
export interface Handler {
  readonly plugin: string;
  readonly hook: string;
  run(context: RunContext): unknown;
}

/**
 * Runs a handler until it settles, or until its grace period after the signal is over. It is told to
 * stop when the line is interrupted, and when its plugin is unloaded.
 *
 * @throws PREFISH_PLUGIN_FAILED, PREFISH_PLUGIN_DETACHED, PREFISH_INTERRUPTED, PREFISH_NO_SPACE, PREFISH_SYSTEM, or what the handler threw on purpose
 */
export async function runHandler(
  shell: LineRunner,
  handler: Handler,
  from: Provenance,
  lineSignal: AbortSignal,
): Promise<Outcome | typeof pass> {
  const { plugin, hook } = handler;
  const owner = shell.owner(plugin);
  const { signal, stop } = joinSignals(lineSignal, owner?.signal);
  const { context, detach } = createLineContext({ ...shell, plugin, from, signal });
  const running = inPlugin(plugin, hook, async () => handler.run(context));
  const abort = whenAborted(signal);
  const settled = untilDetached(running, abort.aborted, shell.graceMs);
  owner?.running.add(settled);
  try {
    const result = await settled;
    if (result !== late) return checked(result, plugin, hook);
  } catch (cause) {
    if (isPrefishError(cause)) throw attributed(cause, { plugin, hook });
    if (signal.aborted) throw new PrefishError('PREFISH_INTERRUPTED', 'Interrupted', { cause });
    const system = systemFailure(cause);
    if (system !== undefined) throw attributed(system, { plugin, hook });
    const message = `${plugin} failed in ${hook}: ${errorMessage(cause)}${thrownAt(cause)}`;
    throw new PrefishError('PREFISH_PLUGIN_FAILED', message, {
      plugin,
      hook,
      cause,
      hint: `That is a mistake in ${plugin}: its author will want to know. PREFISH_DEBUG=1 shows the stack.`,
    });
  } finally {
    owner?.running.delete(settled);
    abort.stop();
    stop();
    detach();
  }
  throw new PrefishError(
    'PREFISH_PLUGIN_DETACHED',
    `${plugin} did not stop within ${shell.graceMs / 1000} s and was left behind (${hook})`,
    { plugin, hook },
  );
}

async function untilDetached(
  running: Promise<unknown>,
  aborted: Promise<void>,
  graceMs: number,
): Promise<unknown> {
  const first = await Promise.race([running, aborted.then(() => late)]);
  return first === late ? within(graceMs, running) : first;
}

function checked(result: unknown, plugin: string, hook: string): Outcome | typeof pass {
  if (result === pass) return pass;
  const complaint = complaintAboutOutcome(result);
  if (complaint === undefined) return result as Outcome;
  throw new PrefishError(
    'PREFISH_PLUGIN_FAILED',
    `${plugin} returned no outcome from ${hook}: ${complaint}`,
    {
      plugin,
      hook,
      hint: "Return { type: 'ok' }, or pass to decline.",
    },
  );
}
