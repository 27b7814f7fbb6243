import { createRequire, registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ImportOf } from './imports-of.ts';

/**
 * The file that Node would load for an import of `parent`; `undefined` for built-in modules, for what is not
 * found, and for what is no file. Node itself answers, by its own rules and conditions; nothing is loaded.
 */
export function resolveImport({ specifier, kind }: ImportOf, parent: string): string | undefined {
  try {
    if (kind === 'text') return resolve(parent, '..', specifier);
    if (kind === 'require') {
      const path = createRequire(parent).resolve(specifier);
      return path.startsWith('/') ? path : undefined;
    }
    const url = resolveFrom(specifier, pathToFileURL(parent).href);
    return url.startsWith('file:') ? fileURLToPath(url) : undefined;
  } catch {
    return undefined;
  }
}

/** `import.meta.resolve` for a module other than this one. */
function resolveFrom(specifier: string, parentURL: string): string {
  const hook = registerHooks({ resolve: (name, context, next) => next(name, { ...context, parentURL }) });
  try {
    return import.meta.resolve(specifier);
  } finally {
    hook.deregister();
  }
}
