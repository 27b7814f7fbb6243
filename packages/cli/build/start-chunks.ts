import { fileURLToPath } from 'node:url';
import type { Rolldown } from 'tsdown';

type Context = Parameters<Exclude<Rolldown.CodeSplittingGroup['name'], string>>[1];

/**
 * Puts what a start needs into few files, because each costs half a millisecond: what every call needs to show a
 * prompt or a line, what runs a line, and what sends one. Each holds what its modules import statically; what they
 * import when they need it stays in chunks of its own. What loads them comes before them.
 */
export function startChunks(): Rolldown.CodeSplittingGroup[] {
  return [
    { name: 'compiled-scripts', test: /src\/compiled-scripts\.ts$/, priority: 3 },
    { name: chunk('base', ['src/main.ts', 'src/modes/prompt.ts']), priority: 2, debugName: 'base' },
    {
      name: chunk('kernel', ['src/modes/lines.ts', 'src/modes/command.ts']),
      priority: 1,
      debugName: 'kernel',
    },
    {
      name: chunk('sending', ['../../plugins/teleport/src/submit/submit.ts']),
      priority: 0,
      debugName: 'sending',
    },
  ];
}

/** The group of everything that `entries` import, themselves left out: they are loaded by name. */
function chunk(name: string, entries: readonly string[]): (id: string, context: Context) => string | null {
  const roots = new Set(entries.map((path) => fileURLToPath(new URL(`../${path}`, import.meta.url))));
  let members: Set<string> | undefined;
  return (id, context) => {
    members ??= imports(roots, context);
    return members.has(id) && !roots.has(id) ? name : null;
  };
}

function imports(roots: ReadonlySet<string>, context: Context): Set<string> {
  const found = new Set(roots);
  for (const id of found)
    for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}
