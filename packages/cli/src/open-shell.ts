import { resolve } from 'node:path';
import { createShell, type Host, type Shell } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import type { Flags } from './arguments.ts';
import { builtInCommands } from './commands/plugin.ts';
import { defaultPlugins, expectedPrefixes } from './default-plugins.ts';
import type { Folders } from './folders.ts';
import { pastedPolicy } from './policies/pasted.ts';

/**
 * Starts the kernel with the default plugins and those that the flags name, in the folder that they
 * name.
 *
 * @throws PREFISH_NOT_A_FOLDER
 */
export async function openShell(flags: Flags, folders: Folders, host: Host): Promise<Shell> {
  const defaults = [
    builtInCommands(folders),
    pastedPolicy({ assumeYes: flags.yes }),
    ...defaultPlugins(folders, flags.server),
  ];
  const given =
    flags.plugins.length === 0
      ? []
      : await (await import('./given-plugins.ts')).loadGivenPlugins(flags.plugins, startFolder(undefined));
  return createShell({
    plugins: [...defaults.map((plugin) => ({ plugin, origin: 'default' })), ...given],
    expected: expectedPrefixes,
    host,
    cwd: startFolder(flags.cwd),
  });
}

function startFolder(cwd: string | undefined): string {
  try {
    return cwd === undefined ? process.cwd() : resolve(cwd);
  } catch (cause) {
    throw new PrefishError('PREFISH_NOT_A_FOLDER', 'The folder that prefish was started in is gone', {
      cause,
      hint: '--cwd names another one.',
    });
  }
}
