import type { Command, Plugin } from '@prefish/core';
import type { Folders } from './folders.ts';
import { makeUsable } from './usable-folders.ts';

/**
 * The plugin, whose prefixes and commands run only with folders that can be written. Lines of other
 * plugins need none and run without; nothing is made before it is needed.
 */
export function withFolders(plugin: Plugin, folders: Folders): Plugin {
  return {
    ...plugin,
    setup: (shell) =>
      plugin.setup({
        ...shell,
        prefix: (prefix) =>
          shell.prefix({
            ...prefix,
            run(...given) {
              makeUsable(folders);
              return prefix.run(...given);
            },
          }),
        command: (command) => shell.command(checked(command as Command, folders)),
      }),
  };
}

function checked(command: Command, folders: Folders): Command {
  return {
    ...command,
    run(...given) {
      makeUsable(folders);
      return command.run(...given);
    },
    // Read when they are asked for: a task source that is registered later adds its actions.
    get subcommands() {
      return (command.subcommands ?? []).map((below) => checked(below, folders));
    },
  };
}
