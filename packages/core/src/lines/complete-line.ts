import type { RunContext } from '../context.ts';
import type { Registry } from '../registration/registry.ts';
import type { Completion } from '../prefix.ts';
import { route } from '../route.ts';

/** What could stand at the cursor: commands after `/`, and what the owner of the line offers. A plugin that fails offers nothing. */
export async function completeLine(
  registry: Registry,
  text: string,
  cursor: number,
  contextFor: (plugin: string) => RunContext,
): Promise<readonly Completion[]> {
  const before = text.slice(0, cursor);
  if (/^\/[^\s/]*$/.test(before)) {
    return registry.commands
      .filter(({ name }) => name.startsWith(before.slice(1)))
      .map(({ name, summary }) => ({ insert: `/${name}`, detail: summary }));
  }
  const line = route(text, registry.table);
  try {
    if (line.kind === 'prefix') {
      const { prefix, plugin } = registry.prefix(line.prefix.id)!;
      const start = text.length - line.body.length;
      return (await prefix.complete?.(line.body, Math.max(0, cursor - start), contextFor(plugin))) ?? [];
    }
    if (line.kind === 'command') {
      const command = registry.command(line.name)!;
      return (await command.complete?.(before.split(/\s/).at(-1) ?? '', contextFor(command.plugin))) ?? [];
    }
  } catch {
    return [];
  }
  return [];
}
