import { defineCommand, type Command, type Outcome, type RunContext } from '@prefish/core';
import type { Folders } from '../../folders.ts';
import type { RunningShell } from '../../plugins/running-shell.ts';

/** What the commands about plugins need. */
export interface PluginsCommandOptions {
  readonly folders: Folders;
  /** The files of plugins by their names. */
  readonly paths: ReadonlyMap<string, string>;
  readonly running: RunningShell;
}

/** `prefish plugins …`. Each sub-command loads what it needs when it runs. */
export function pluginsCommand(options: PluginsCommandOptions): Command {
  const list = async (_: unknown, { shell }: RunContext): Promise<Outcome> =>
    (await import('./ls.ts')).listPlugins(shell, options.paths);
  return {
    name: 'plugins',
    summary: 'List the plugins, and why one was not loaded; install, update, remove and make them',
    subcommands: [
      { name: 'ls', summary: 'List the plugins', run: list },
      defineCommand({
        name: 'new',
        summary: 'Make a plugin of your own from a template',
        positionals: [{ name: 'NAME' }],
        args: {
          token: {
            type: 'string',
            placeholder: 'TOKEN',
            summary: 'What its lines begin with; default: a free one',
          },
          dir: {
            type: 'string',
            placeholder: 'FOLDER',
            summary: 'Where it goes; default: a folder of its name',
          },
          packed: {
            type: 'string',
            placeholder: 'FOLDER',
            summary: 'Install prefish’s packages from where `npm run pack` put them',
          },
        },
        examples: ["prefish plugins new notes --token '>'"],
        run: async ({ positionals, values }, context) =>
          (await import('./new.ts')).newPlugin(positionals[0]!, values, context),
      }),
      {
        name: 'add',
        summary: 'Install plugins, after showing what they are; none of their install scripts runs',
        positionals: [{ name: 'SPEC', variadic: true }],
        examples: ['prefish plugins add prefish-plugin-notes', 'prefish plugins add ./my-plugin'],
        run: async ({ positionals }, context) =>
          (await import('./add.ts')).addPlugins(positionals, context, options),
      },
      {
        name: 'update',
        summary: 'Bring plugins to the newest version in their range',
        positionals: [{ name: 'NAME', optional: true, variadic: true }],
        run: async ({ positionals }, context) =>
          (await import('./update.ts')).updatePlugins(positionals, context, options),
      },
      {
        name: 'remove',
        aliases: ['rm'],
        summary: 'Take installed plugins away',
        positionals: [{ name: 'NAME', variadic: true }],
        run: async ({ positionals }, context) =>
          (await import('./remove.ts')).removePlugins(positionals, context, options),
      },
    ],
    run: list,
  };
}
