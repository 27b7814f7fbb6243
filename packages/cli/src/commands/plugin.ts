import { definePlugin, type Command, type Plugin } from '@prefish/core';
import type { Flags } from '../arguments.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ConfigurationWarning } from '../config/consequences.ts';
import type { Folders } from '../folders.ts';
import { version } from '../installation.ts';
import { makeUsable } from '../usable-folders.ts';
import { configCommand } from './config/command.ts';
import type { RunningShell } from '../plugins/running-shell.ts';
import { loginCommands } from './login/command.ts';
import { pluginsCommand } from './plugins/command.ts';
import { serveCommand } from './serve/command.ts';
import { workerCommand } from './worker/command.ts';
import { trustCommand } from './trust/command.ts';
import { usersCommand } from './users/command.ts';

/** How the shell was opened: what commands tell of it. */
export interface ShellOpening {
  readonly flags: Flags;
  /** The folder that the session started in: absolute. */
  readonly start: string;
  readonly configuration: Configuration;
  /** What is to be said before the first line. */
  readonly warnings: readonly ConfigurationWarning[];
  /** The files of plugins by their names; filled before the first line. */
  readonly paths: ReadonlyMap<string, string>;
  readonly running: RunningShell;
}

/** What a session needs comes first: the commands of plugins, help, and then what looks after prefish itself. */
const behindPlugins = 1;
const administration = 2;

/** The commands of prefish itself, as a plugin like any other. Each loads what it needs when it runs. */
export function builtInCommands(folders: Folders, opening: ShellOpening): Plugin {
  return definePlugin({
    name: 'prefish',
    version,
    api: '^1',
    setup(shell) {
      for (const { code, message, hint } of opening.warnings) shell.warn(code, message, hint);
      const administer = (command: Command): void => shell.command({ ...command, rank: administration });
      administer({
        name: 'explain',
        summary: 'Say which plugin would take a line, and why; run nothing',
        positionals: [{ name: 'LINE' }],
        examples: ["prefish explain '& !npm test'"],
        run: async ({ positionals }, context) =>
          (await import('./explain.ts')).explain(
            positionals[0] ?? '',
            context.shell,
            opening.configuration.value,
          ),
      });
      administer(configCommand(folders, opening));
      administer(pluginsCommand({ ...opening, folders }));
      administer(trustCommand(folders));
      for (const command of loginCommands(folders, opening.configuration.value.server)) administer(command);
      administer({
        name: 'daemon',
        summary: 'The background server of this machine',
        subcommands: [
          {
            name: 'start',
            summary: 'Start it, unless it runs',
            run: async (_, { signal }) => {
              makeUsable(folders);
              return (await import('./daemon.ts')).start(folders, signal);
            },
          },
          {
            name: 'stop',
            summary: 'End it; tasks that wait go on when it is started again',
            run: async (_, { signal }) => (await import('./daemon.ts')).stop(folders, signal),
          },
          {
            name: 'status',
            summary: 'Say whether it runs, and with how many tasks',
            run: async (_, { signal }) => (await import('./daemon.ts')).status(folders, signal),
          },
        ],
        run: async (_, { signal }) => (await import('./daemon.ts')).status(folders, signal),
      });
      administer(serveCommand as Command);
      administer(workerCommand as Command);
      administer(usersCommand(folders));
      administer({
        name: 'doctor',
        summary: 'Check Node, git, configuration, sandbox and server; say how to mend each',
        run: async (_, { signal, env }) =>
          (await import('./doctor.ts')).doctor(folders, env, signal, opening.configuration),
      });
      administer({
        name: 'completion',
        summary: 'Print what makes bash, zsh or fish complete prefish',
        positionals: [{ name: 'SHELL' }, { name: 'WORD', optional: true, variadic: true }],
        examples: ['source <(prefish completion bash)'],
        run: async ({ positionals }, context) =>
          (await import('./completion.ts')).completion(positionals, context),
      });
      shell.command({
        name: 'help',
        rank: behindPlugins,
        summary: 'List the prefixes and commands, or tell all about one',
        positionals: [{ name: 'X', optional: true, variadic: true }],
        examples: ['/help !', '/help tasks', '/help tasks apply'],
        run: async ({ positionals }, { shell: view, terminal }) =>
          positionals.length === 0
            ? (await import('./help.ts')).help(view, terminal?.columns)
            : (await import('./help-topic.ts')).helpAbout(positionals, view, terminal?.columns),
      });
    },
  })();
}
