import type { Flags } from '../arguments.ts';
import { helpText } from '../commands/command-line.ts';
import type { Folders } from '../folders.ts';
import { openShell } from '../open-shell.ts';

/** `prefish --help`, `prefish NAME --help`. */
export async function showHelp(words: readonly string[], flags: Flags, folders: Folders): Promise<number> {
  await using shell = await openShell(flags, folders, {});
  process.stdout.write(`${await helpText(words, shell)}\n`);
  return 0;
}
