import { exitCodeOf, type Command, type Shell } from '@prefish/core';
import type { Invocation } from '../arguments.ts';
import { containPlugins } from '../containment/contain-plugins.ts';
import { whenStalled } from '../containment/stalled.ts';
import { useOf } from '../config/consequences.ts';
import type { Folders } from '../folders.ts';
import { createCommandHost } from '../host.ts';
import { listenForInterruption } from '../interruption.ts';
import { openShell } from '../open-shell.ts';

/** `prefish NAME WORDS…`: runs a plugin's command; with `--json`, prints its data and nothing else. */
export async function runNamedCommand(
  { name, words, flags }: Extract<Invocation, { kind: 'command' }>,
  folders: Folders,
): Promise<number> {
  const interruption = listenForInterruption();
  const host = createCommandHost(flags);
  containPlugins(host.add);
  await using shell = await openShell(flags, folders, host, useOf(name));
  const command = findCommand(shell.commands, name);
  if (command === undefined) throw await unknownCommand(name, shell);
  host.begin?.();
  const stalled = new AbortController();
  using _ = whenStalled(() => stalled.abort());
  const settled = await shell.runCommand(command.name, flags.json ? withJson(command, words) : words, {
    signal: AbortSignal.any([interruption.signal, stalled.signal]),
  });
  host.settled(settled);
  await host.drain?.();
  return interruption.code ?? exitCodeOf(settled.exit);
}

function findCommand<C extends Command>(commands: readonly C[], name: string): C | undefined {
  return commands.find((command) => command.name === name || command.aliases?.includes(name));
}

/** `--json` belongs to prefish; a command that declares it hears of it too. */
function withJson(command: Command, words: readonly string[]): readonly string[] {
  const below = words[0] === undefined ? undefined : findCommand(command.subcommands ?? [], words[0]);
  if (below !== undefined) return [words[0]!, ...withJson(below, words.slice(1))];
  return command.args !== undefined && 'json' in command.args ? ['--json', ...words] : words;
}

async function unknownCommand(name: string, shell: Shell): Promise<Error> {
  const { unknownCommandError } = await import('../commands/command-line.ts');
  return unknownCommandError(name, shell);
}
