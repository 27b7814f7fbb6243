import * as core from '@prefish/core';

const responsiblePlugin = (): Responsible | undefined =>
  (core as unknown as { responsiblePlugin?: () => Responsible | undefined }).responsiblePlugin?.();

/** Whose code did something, and in which of its hooks or handlers, as far as it is known. */
export interface Responsible {
  readonly plugin: string;
  readonly hook?: string;
}

/** Plugins by the module that they were loaded from: a file's path, or a package's name. */
const modules = new Map<string, string>();

/** Lets code that runs outside of any hook, as at its import, be put down to its plugin. */
export function rememberModule(module: string, plugin: string): void {
  modules.set(module, plugin);
}

/** The plugin whose hook or handler this is called from, or else the one whose module is in the stack. */
export function findResponsible(
  stack: string | undefined = new Error('here').stack,
): Responsible | undefined {
  const running = responsiblePlugin();
  if (running !== undefined || stack === undefined) return running;
  for (const [module, plugin] of modules)
    if (stack.includes(module.startsWith('/') ? module : `/node_modules/${module}/`)) return { plugin };
  return undefined;
}
