import { registerHooks } from 'node:module';
import { providedModule } from '../installation.ts';

/** The packages that a plugin or a configuration finds in the running prefish, wherever its own file lies. */
const provided: Readonly<Record<string, string>> = {
  '@prefish/core': 'core',
  '@prefish/protocol': 'protocol',
  '@prefish/protocol/client': 'client',
  '@prefish/durable': 'durable',
  '@prefish/processes': 'processes',
  '@prefish/screen': 'screen',
};

let active = false;
/** From where {@link resolveFrom} resolves. */
let parent: string | undefined;

/** From now on `@prefish/*` is the running prefish, for every module that is loaded. */
export function provideModules(): void {
  if (active) return;
  active = true;
  registerHooks({
    resolve(specifier, context, next) {
      const own = Object.hasOwn(provided, specifier) ? provided[specifier] : undefined;
      if (own !== undefined) return { url: providedModule(own), shortCircuit: true };
      return next(specifier, parent === undefined ? context : { ...context, parentURL: parent });
    },
  });
}

/** What `specifier` means in a module at `parentURL`, as Node resolves an import. @throws what Node throws */
export function resolveFrom(specifier: string, parentURL: string): string {
  provideModules();
  parent = parentURL;
  try {
    return import.meta.resolve(specifier);
  } finally {
    parent = undefined;
  }
}
