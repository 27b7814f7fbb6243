import { errorMessage, PrefishError } from '@prefish/protocol';
import { inPlugin } from '../attribution.ts';
import type { RunContext } from '../context.ts';
import { late, within } from '../deadline.ts';
import type { Completion } from '../prefix.ts';
import { unlessAborted } from '../signals.ts';
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

/** Who offers something for a line. */
interface Offerer {
  readonly plugin: string;
  readonly hook: string;
  offer(context: RunContext): unknown;
}

/** The plugins whose completion has failed: a warning a key would be too many. */
const warned = new WeakMap<LineRunner, Set<string>>();

/** What could stand at the cursor: commands after `/`, and what the owner of the line offers. A plugin that fails offers nothing. */
export async function completeLine(
  shell: LineRunner,
  line: Unfinished,
  signal: AbortSignal,
): Promise<readonly Completion[]> {
  const before = line.text.slice(0, line.cursor);
  if (line.prefix === undefined && /^\/[^\s/]*$/.test(before)) {
    return shell.registry.commands
      .filter(({ name }) => name.startsWith(before.slice(1)))
      .map(({ name, summary }) => ({ insert: `/${name}`, detail: summary }));
  }
  const offerer = offererOf(shell, line);
  if (offerer === undefined) return [];
  const { plugin, hook } = offerer;
  const { context, detach } = createLineContext({ ...shell, plugin, origin: 'typed', signal });
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

function offererOf(
  { registry }: LineRunner,
  { text, cursor, prefix: active }: Unfinished,
): Offerer | undefined {
  const line = routeInput(registry, active === undefined ? { text } : { text, prefix: active });
  if (line.kind === 'prefix') {
    const { prefix, plugin, declared } = registry.prefix(line.prefix.id)!;
    const start = text.length - line.body.length;
    return {
      plugin,
      hook: `completion of prefix ${declared.id}`,
      offer: (context) => prefix.complete?.(line.body, Math.max(0, cursor - start), context),
    };
  }
  if (line.kind !== 'command') return undefined;
  const command = registry.command(line.name)!;
  const word = text.slice(0, cursor).split(/\s/).at(-1) ?? '';
  return {
    plugin: command.plugin,
    hook: `completion of command ${line.name}`,
    offer: (context) => command.complete?.(word, context),
  };
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
  const message = `${plugin} failed in the ${hook}: ${errorMessage(cause)}`;
  const hint = 'Its completions are missing; said once.';
  shell.log.report(
    'warning',
    new PrefishError('PREFISH_PLUGIN_FAILED', message, { plugin, hook, cause, hint }),
  );
}
