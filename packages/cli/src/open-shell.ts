import { join, resolve } from 'node:path';
import { createShell, type Host, type Shell } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import type { Flags } from './arguments.ts';
import { builtInCommands } from './commands/plugin.ts';
import { insistOn, warningsOf, type ShellUse } from './config/consequences.ts';
import { flagOrigin } from './config/merge.ts';
import { loadConfiguration } from './config/load-configuration.ts';
import { defaultPlugins, defaultTokens } from './default-plugins.ts';
import type { Folders } from './folders.ts';
import { composePlugins } from './plugins/compose-plugins.ts';
import { NotStarted } from './not-started.ts';
import { createRunningShell } from './plugins/running-shell.ts';
import { pastedPolicy } from './policies/pasted.ts';
import { typedPolicy } from './policies/typed.ts';

/**
 * Starts the kernel, as it is configured, with the default plugins and those that are installed or named,
 * in the folder that the flags name. `use` decides what a configuration with something wrong in it means.
 * `variables` are added to those of the process.
 *
 * @throws PREFISH_NOT_A_FOLDER; for lines and commands PREFISH_CONFIG_INVALID, PREFISH_CONFIG_UNREADABLE,
 * PREFISH_CONFIG_MISSING, what a plugin of `--plugin` was not loaded for, and for lines PREFISH_UNTRUSTED
 */
export async function openShell(
  flags: Flags,
  own: Folders,
  host: Host,
  use: ShellUse,
  variables?: Readonly<Record<string, string>>,
): Promise<Shell> {
  const folders = flags.pluginsFolder === undefined ? own : { ...own, plugins: flags.pluginsFolder };
  const cwd = startFolder(flags.cwd);
  const ask = use === 'prompt' ? host.ask : undefined;
  const configuration = await loadConfiguration({
    flags,
    folders,
    start: cwd,
    defaults: defaultTokens,
    ...(ask === undefined
      ? {}
      : {
          ask: async (...asked) => {
            const { createAskForTrust } = await import('./config/ask-for-trust.ts');
            return createAskForTrust(ask, (message) => host.notice?.(message))(...asked);
          },
        }),
  });
  insistOn(configuration, use);
  const { value, yielding } = configuration;
  const options = new Map(configuration.plugins.map((entry) => [entry.module, entry.options]));
  const paths = new Map<Shell['plugins'][number]['name'], string>();
  let opened: Shell | undefined;
  const running = createRunningShell(folders, paths, options, () =>
    use === 'prompt' || use === 'lines' ? opened : undefined,
  );
  const opening = {
    configuration,
    paths,
    running,
    flags,
    start: cwd,
    warnings: warningsOf(configuration, use),
  };
  const { plugins, ...tokens } = await composePlugins({
    defaults: [
      builtInCommands(folders, opening),
      pastedPolicy({ assumeYes: flags.yes }),
      ...(use === 'prompt'
        ? [
            typedPolicy({
              assumeYes: flags.yes,
              complete: async (text) => (await opened?.complete(text, text.length)) ?? [],
            }),
          ]
        : []),
      ...defaultPlugins(folders, { ...value, options, resume: flags.resume, prompt: use === 'prompt' }),
    ],
    configuration,
    folders,
    installed: !flags.noConfig,
  });
  for (const { plugin, path } of plugins) if (path !== undefined) paths.set(plugin.name, path);
  opened = await createShell({
    ...tokens,
    plugins,
    host,
    cwd,
    ...(variables === undefined ? {} : { env: { ...(process.env as Record<string, string>), ...variables } }),
    prefixes: value.prefixes ?? {},
    yielding,
    dataFolder: (plugin) => join(folders.data, 'plugin-data', plugin),
  });
  if (process.env['PREFISH_DEBUG'] === '1') {
    const { showStacks } = await import('./containment/show-stacks.ts');
    opened = showStacks(opened, use === 'prompt' ? (text) => host.notice?.(text) : undefined);
  }
  if (use === 'lines' || use === 'command') await insistOnFlags(opened, flags, use);
  return opened;
}

/** What `--plugin` names is what the lines are for: without it, none of them runs. */
async function insistOnFlags(shell: Shell, flags: Flags, use: ShellUse): Promise<void> {
  const failed = shell.plugins.find(
    ({ origin, error }) => error !== undefined && origin.startsWith(flagOrigin),
  );
  if (failed?.error === undefined) return;
  await shell.close();
  // With --json, the standard output of a command has the error in place of the data.
  throw flags.json && use === 'command' ? failed.error : new NotStarted(failed.error);
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
