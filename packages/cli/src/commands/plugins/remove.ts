import type { Outcome, RunContext } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../../folders.ts';
import { changePlugins, type PluginSet } from '../../plugins/plugin-sets.ts';
import { unstagePlugins } from '../../plugins/stage-plugin.ts';
import type { RunningShell } from '../../plugins/running-shell.ts';

/**
 * Takes installed plugins away.
 *
 * @throws PREFISH_PLUGIN_NOT_FOUND for one that is not installed, PREFISH_PLUGIN_INSTALL, PREFISH_LOCKED
 */
export async function removePlugins(
  words: readonly string[],
  { signal, env }: RunContext,
  { folders, running }: { readonly folders: Folders; readonly running: RunningShell },
): Promise<Outcome> {
  const names = await changePlugins(folders, signal, async (set) => {
    const found = words.map((word) => findInstalled(set, word));
    await unstagePlugins(set, found, { env, signal });
    return { keep: true, result: found };
  });
  await running.unload(names);
  return { type: 'ok', message: `Removed ${names.join(', ')}.`, data: names.map((name) => ({ name })) };
}

/** The full name of what is installed; `notes` is `prefish-plugin-notes` where that is meant. @throws PREFISH_PLUGIN_NOT_FOUND */
export function findInstalled({ manifest }: Pick<PluginSet, 'manifest'>, word: string): string {
  const names = Object.keys(manifest.dependencies);
  const found = [word, `prefish-plugin-${word}`].find((name) => names.includes(name));
  if (found !== undefined) return found;
  throw new PrefishError('PREFISH_PLUGIN_NOT_FOUND', `No plugin ${word} is installed`, {
    exit: 4,
    hint:
      names.length === 0
        ? 'None is: prefish plugins add SPEC installs one.'
        : `Installed: ${names.join(', ')}.`,
  });
}
