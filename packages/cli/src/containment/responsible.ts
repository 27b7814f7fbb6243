import { pathToFileURL } from 'node:url';
import { responsiblePlugin } from '@prefish/core';

/** Whose code did something, and in which of its hooks or handlers, as far as it is known. */
export interface Responsible {
  readonly plugin: string;
  readonly hook?: string;
}

/** Plugins by the file that they were loaded from. */
const modules = new Map<string, string>();

/** Lets code that runs outside of any hook, as at its import, be put down to its plugin. */
export function rememberModule(path: string, plugin: string): void {
  // As stacks show it.
  modules.set(pathToFileURL(path).pathname, plugin);
}

/**
 * The plugin whose hook or handler this is called from; where `stack` shows another's module, that one:
 * a listener runs for whoever emits.
 */
export function findResponsible(stack?: string): Responsible | undefined {
  const running = responsiblePlugin();
  if (running !== undefined && stack === undefined) return running;
  const seen = moduleIn(stack ?? new Error('here').stack ?? '');
  return seen === undefined || seen === running?.plugin ? running : { plugin: seen };
}

/** The plugin whose file is the first one in `stack`. */
function moduleIn(stack: string): string | undefined {
  const found = Array.from(modules, ([path, plugin]) => ({ plugin, at: stack.indexOf(path) }));
  return found.filter(({ at }) => at >= 0).sort((one, other) => one.at - other.at)[0]?.plugin;
}
