import { inPlugin } from '../attribution.ts';
import { within } from '../deadline.ts';
import { parseLeadingOptions } from '../leading-options.ts';
import type { Registry } from '../registration/registry.ts';
import { joinSignals } from '../signals.ts';
import { routeInput } from './run-line.ts';

/** So long, in milliseconds, Enter may wait. An answer takes a few, but on a machine that is busy. */
const deadlineMs = 300;

/** Whether a line lacks nothing at its end, as the owner of its prefix says. In doubt it is complete. */
export function isCompleteLine(
  registry: Registry,
  { text, prefix: active }: { readonly text: string; readonly prefix: string | undefined },
  closing: AbortSignal,
): boolean | Promise<boolean> {
  try {
    const route = routeInput(registry, active === undefined ? { text } : { text, prefix: active });
    const registered = route.kind === 'prefix' ? registry.prefix(route.prefix.id) : undefined;
    const { prefix, plugin } = registered ?? {};
    if (prefix?.isComplete === undefined || plugin === undefined) return true;
    const { id, args } = prefix;
    const body = args === undefined ? route.body : parseLeadingOptions(route.body, args, id).body;
    const late = new AbortController();
    const { signal, stop } = joinSignals(closing, late.signal);
    const answer = inPlugin(plugin, `isComplete of prefix ${id}`, () => prefix.isComplete!(body, signal));
    if (typeof answer === 'boolean') {
      stop();
      return answer;
    }
    return within(deadlineMs, Promise.resolve(answer))
      .then(
        (said) => said !== false,
        () => true,
      )
      .finally(() => {
        late.abort();
        stop();
      });
  } catch {
    return true;
  }
}
