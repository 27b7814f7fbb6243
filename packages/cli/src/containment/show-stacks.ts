import { inspect } from 'node:util';
import type { LoadedPlugin, Settled, Shell } from '@prefish/core';
import { ownStreams } from './own-streams.ts';

/** The shell, which shows where errors of plugins and lines were thrown, and their causes. For PREFISH_DEBUG=1. */
export function showStacks(
  shell: Shell,
  show: (text: string) => void = (text) => ownStreams.stderr.write(`${text}\n`),
): Shell {
  const loaded = (plugin: LoadedPlugin): LoadedPlugin => {
    if (plugin.error !== undefined) show(inspect(plugin.error));
    return plugin;
  };
  const settled = (line: Settled): Settled => {
    if (line.result instanceof Error) show(inspect(line.result));
    return line;
  };
  for (const plugin of shell.plugins) loaded(plugin);
  return Object.create(shell, {
    submit: { value: (...line: Parameters<Shell['submit']>) => shell.submit(...line).then(settled) },
    runCommand: {
      value: (...command: Parameters<Shell['runCommand']>) => shell.runCommand(...command).then(settled),
    },
    load: { value: (...plugin: Parameters<Shell['load']>) => shell.load(...plugin).then(loaded) },
  }) as Shell;
}
