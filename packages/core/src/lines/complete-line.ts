import { errorMessage, PrefishError } from '@prefish/protocol';
import { inPlugin } from '../attribution.ts';
import type { RunContext } from '../context.ts';
import { late, within } from '../deadline.ts';
import { offerLeadingOptions } from '../leading-options.ts';
import type { Completion } from '../prefix.ts';
import type { Registry } from '../registration/registry.ts';
import type { Route } from '../route.ts';
import { unlessAborted } from '../signals.ts';
import { thrownAt } from '../thrown-at.ts';
import { completeCommand } from './complete-command.ts';
import { createLineContext } from './line-context.ts';
import type { LineRunner } from './run-handler.ts';
import { routeInput } from './run-line.ts';

/** What is being completed: a line, and where the cursor stands in it. */
interface Unfinished {
  readonly text: string;
  readonly cursor: number;
  /** The id of the prefix that is active, where one is. */
  readonly prefix: string | undefined;
}

type PrefixRoute = Extract<Route, { kind: 'prefix' }>;

/** Who offers something for a line. */
interface Offerer {
  readonly plugin: string;
  readonly hook: string;
  offer(context: RunContext): unknown;
}

/** The plugins whose completion has failed: a warning a key would be too many. */
const warned = new WeakMap<LineRunner, Set<string>>();

/**
 * What could stand at the cursor: commands after `/`, the options that a prefix declares, and what the
 * owner of the line offers. A plugin that fails offers nothing.
 */
export async function completeLine(
  shell: LineRunner,
  line: Unfinished,
  signal: AbortSignal,
): Promise<readonly Completion[]> {
  const { registry } = shell;
  const { text, cursor, prefix: active } = line;
  const name = active === undefined ? /^\/([^\s/]*)$/.exec(text.slice(0, cursor))?.[1] : undefined;
  const route: Route =
    name === undefined
      ? routeInput(registry, active === undefined ? { text } : { text, prefix: active })
      : { kind: 'text', body: text, text };
  const commands = name === undefined ? [] : commandsNamed(registry, name);
  const options = route.kind === 'prefix' ? leadingOptions(registry, route, line) : [];
  if (options.length > 0) return options;
  const offers = await askOwner(shell, offererOf(registry, route, line), signal);
  const named = new Set(commands.map(({ insert }) => insert));
  return [...commands, ...offers.filter(({ insert }) => !named.has(insert))];
}

function commandsNamed(registry: Registry, beginning: string): Completion[] {
  return registry.commands
    .filter(({ name }) => name.startsWith(beginning))
    .map(({ name, summary }) => ({ insert: `/${name}`, detail: summary }));
}

function leadingOptions(
  registry: Registry,
  { prefix: { id }, body }: PrefixRoute,
  { text, cursor }: Unfinished,
): readonly Completion[] {
  const spec = registry.prefix(id)?.prefix.args;
  if (spec === undefined) return [];
  return offerLeadingOptions(body.slice(0, Math.max(0, cursor - (text.length - body.length))), spec, id);
}

async function askOwner(
  shell: LineRunner,
  offerer: Offerer | undefined,
  signal: AbortSignal,
): Promise<readonly Completion[]> {
  if (offerer === undefined) return [];
  const { plugin, hook } = offerer;
  const { context, detach } = createLineContext({ ...shell, plugin, from: { origin: 'typed' }, signal });
  // Nobody has run anything yet: a completion says nothing.
  detach();
  try {
    const offering = inPlugin(plugin, hook, async () => offerer.offer(context));
    const offers = await unlessAborted(signal, within(shell.hookDeadlineMs, offering));
    if (offers === late) throw new Error(`no answer within ${shell.hookDeadlineMs / 1000} s`);
    return checked(offers);
  } catch (cause) {
    if (!signal.aborted) warnOnce(shell, offerer, cause);
    return [];
  }
}

function offererOf(registry: Registry, route: Route, { text, cursor }: Unfinished): Offerer | undefined {
  if (route.kind === 'command') {
    const command = registry.command(route.name);
    if (command === undefined) return undefined;
    const words = text.slice(0, cursor).split(/\s+/).slice(1);
    const { command: named, word, before, offers } = completeCommand(command, words);
    return {
      plugin: command.plugin,
      hook: `completion of command ${route.name}`,
      offer: async (context) => [...offers, ...((await named.complete?.(word, context, before)) ?? [])],
    };
  }
  const id =
    route.kind === 'prefix' ? route.prefix.id : route.kind === 'text' ? textOwner(registry) : undefined;
  const registered = id === undefined ? undefined : registry.prefix(id);
  if (registered === undefined) return undefined;
  const { prefix, plugin } = registered;
  const start = text.length - route.body.length;
  return {
    plugin,
    hook: `completion of prefix ${id}`,
    offer: (context) => prefix.complete?.(route.body, Math.max(0, cursor - start), context),
  };
}

/** The id of the prefix that takes plain text, where exactly one does. */
function textOwner(registry: Registry): string | undefined {
  const owners = registry.table.claim('')?.owners ?? [];
  return owners.length === 1 ? owners[0]!.id : undefined;
}

function checked(offers: unknown): readonly Completion[] {
  if (offers === undefined) return [];
  const good =
    Array.isArray(offers) &&
    offers.every((offer: { insert?: unknown } | null) => typeof offer?.insert === 'string');
  if (!good) throw new Error('it returned no list of { insert }');
  return offers as readonly Completion[];
}

function warnOnce(shell: LineRunner, { plugin, hook }: Offerer, cause: unknown): void {
  const known = warned.get(shell) ?? new Set();
  warned.set(shell, known);
  if (known.has(hook)) return;
  known.add(hook);
  const message = `${plugin} failed in the ${hook}: ${errorMessage(cause)}${thrownAt(cause)}`;
  const hint = 'Its completions are missing; said once. PREFISH_DEBUG=1 shows the stack.';
  shell.log.report(
    'warning',
    new PrefishError('PREFISH_PLUGIN_FAILED', message, { plugin, hook, cause, hint }),
  );
}
