import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from '@prefish/core';
import { errorMessage } from '@prefish/protocol';
import { providedModule } from './installation.ts';

/** The packages that a plugin finds in the running prefish, wherever its own file lies. */
const provided: Readonly<Record<string, string>> = {
  '@prefish/core': 'core',
  '@prefish/protocol': 'protocol',
  '@prefish/protocol/client': 'client',
  '@prefish/durable': 'durable',
};

/**
 * Loads the modules that `--plugin` names: files, relative to `folder`, or packages that are installed
 * there. One that cannot be loaded becomes a plugin that says so when it is set up.
 */
export async function loadGivenPlugins(
  modules: readonly string[],
  folder: string,
): Promise<{ plugin: Plugin; origin: string }[]> {
  const parentURL = pathToFileURL(join(folder, 'prefish')).href;
  registerHooks({
    resolve(specifier, context, next) {
      const own = provided[specifier];
      if (own !== undefined) return { url: providedModule(own), shortCircuit: true };
      return modules.includes(specifier)
        ? next(specifier, { ...context, parentURL })
        : next(specifier, context);
    },
  });
  return Promise.all(modules.map(async (name) => ({ plugin: await load(name, folder), origin: name })));
}

async function load(name: string, folder: string): Promise<Plugin> {
  try {
    const path = resolve(folder, name);
    const module = (await import(isFile(name, path) ? pathToFileURL(path).href : name)) as {
      default?: unknown;
    };
    return (typeof module.default === 'function' ? module.default() : module.default) as Plugin;
  } catch (cause) {
    return {
      kind: 'prefish.plugin',
      name,
      api: '^1',
      options: undefined,
      setup: () => {
        throw new Error(`it could not be loaded: ${errorMessage(cause)}`, { cause });
      },
    };
  }
}

/** `./shout.ts`, `/x/shout.ts`, and `shout.ts` where it is there; all else is a package. */
function isFile(name: string, path: string): boolean {
  return /^\.{0,2}\//.test(name) || (/\.[cm]?[jt]s$/.test(name) && existsSync(path));
}
