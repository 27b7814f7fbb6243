import { definePlugin, type Command, type Outcome, type Plugin, type Route } from '@prefish/core';
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
import { administration, behindPlugins, outside } from './ranks.ts';
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
        verbatim: true,
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
            summary: 'End it; tasks that wait go on with the next prefish command',
            run: async (_, context) => (await import('./daemon.ts')).stop(folders, context),
          },
          {
            name: 'status',
            summary: 'Say whether it runs, and with how many tasks',
            run: async (_, { signal }) => (await import('./daemon.ts')).status(folders, signal),
          },
        ],
        run: async (_, { signal }) => (await import('./daemon.ts')).status(folders, signal),
      });
      for (const command of [serveCommand as Command, workerCommand as Command, usersCommand(folders)])
        shell.command({ ...command, rank: outside });
      administer({
        name: 'doctor',
        summary: 'Check Node, git, configuration, sandbox and server; say how to mend each',
        run: async (_, { signal, env }) =>
          (await import('./doctor.ts')).doctor(folders, env, signal, opening.configuration),
      });
      shell.command({
        name: 'completion',
        rank: outside,
        summary: 'Print what makes bash, zsh or fish complete prefish',
        positionals: [{ name: 'SHELL' }, { name: 'WORD', optional: true, variadic: true }],
        examples: [
          'source <(prefish completion bash)',
          'source <(prefish completion zsh)',
          'prefish completion fish > ~/.config/fish/completions/prefish.fish',
        ],
        run: async ({ positionals }, context) =>
          (await import('./completion.ts')).completion(positionals, context),
      });
      shell.hooks.dispatch.tap('--help of a command', (line, { shell: { commands } }) =>
        line.kind === 'command' ? askedForHelp(line, commands) : undefined,
      );
      shell.command({
        name: 'help',
        rank: behindPlugins,
        summary: 'List the prefixes and commands, or tell all about one',
        positionals: [{ name: 'X', optional: true, variadic: true }],
        examples: ['/help !', '/help tasks', '/help tasks apply'],
        run: async ({ positionals }, { shell: view, terminal }) =>
          positionals.length === 0
            ? (await import('./help.ts')).help(view, terminal?.columns)
            : (await import('./help-topic.ts')).helpAbout(
                positionals,
                view,
                terminal?.columns,
                backgroundKey(opening.configuration),
              ),
      });
    },
  })();
}

/** `/tasks apply --help` is `/help tasks apply`. */
function askedForHelp(
  { name, body }: Extract<Route, { kind: 'command' }>,
  commands: readonly Command[],
): Outcome | undefined {
  const words = body.split(/\s+/);
  const command = commands.find((each) => each.name === name || each.aliases?.includes(name));
  const isAsked = words.includes('--help') || words.at(-1) === '-h';
  if (!isAsked || command === undefined || command.verbatim === true || words.includes('--'))
    return undefined;
  const path = [name];
  let below = command.subcommands;
  for (const word of words) {
    const next = below?.find((each) => each.name === word || each.aliases?.includes(word));
    if (next === undefined) break;
    path.push(word);
    below = next.subcommands;
  }
  return { type: 'forward', text: `/help ${path.join(' ')}` };
}

/** The key that sends a program to the background, where the configuration names another one, or none. */
function backgroundKey({ plugins }: Configuration): string | false | undefined {
  const options = plugins.find(({ module }) => module === '@prefish/plugin-shell')?.options;
  return typeof options === 'object' && options !== null && 'backgroundKey' in options
    ? (options.backgroundKey as string | false)
    : undefined;
}
