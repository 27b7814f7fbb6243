import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownFolder } from '../installation.ts';
import { isInside } from '../trust/trusted-path.ts';

/** What was loaded besides prefish itself. Absolute paths. */
export interface Loads {
  /** Modules, by their real paths. */
  readonly files: ReadonlySet<string>;
  /** The `node_modules` folders in which packages were found. */
  readonly folders: ReadonlySet<string>;
}

/** From now on, records each module that is imported or required. */
export function recordLoads(): Loads {
  const loads = { files: new Set<string>(), folders: new Set<string>() };
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const path = pathOf(resolved.url);
      if (path === undefined || isInside(path, ownFolder)) return resolved;
      const parent = pathOf(context.parentURL);
      const isNamed = /^(?:\.{0,2}\/|file:)/.test(specifier);
      if (isNamed) loads.files.add(path);
      else if (parent !== undefined && !isInside(parent, ownFolder)) {
        loads.files.add(path);
        const folder = modulesAround(parent, specifier);
        if (folder !== undefined) loads.folders.add(folder);
      }
      return resolved;
    },
  });
  return loads;
}

/** The nearest `node_modules` above the file `parent` that holds the package. */
function modulesAround(parent: string, specifier: string): string | undefined {
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier) ?? [];
  if (name === undefined) return undefined;
  for (let folder = dirname(parent); ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(join(modules, name))) return modules;
    if (folder === dirname(folder)) return undefined;
  }
}

function pathOf(url: string | undefined): string | undefined {
  return url?.startsWith('file:') ? fileURLToPath(url) : undefined;
}
