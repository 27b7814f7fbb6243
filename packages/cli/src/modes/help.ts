import type { Flags } from '../arguments.ts';
import { helpText } from '../commands/command-line.ts';
import { containPlugins } from '../containment/contain-plugins.ts';
import { ownStreams } from '../containment/own-streams.ts';
import type { Folders } from '../folders.ts';
import { createCommandHost } from '../host.ts';
import { openShell } from '../open-shell.ts';

/** `prefish --help`, `prefish NAME --help`. */
export async function showHelp(words: readonly string[], flags: Flags, folders: Folders): Promise<number> {
  containPlugins(createCommandHost(flags).add);
  await using shell = await openShell(flags, folders, {}, 'inspection');
  ownStreams.stdout.write(`${await helpText(words, shell)}\n`);
  return 0;
}
