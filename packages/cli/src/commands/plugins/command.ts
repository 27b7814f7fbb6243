import type { Command, RunContext, Outcome } from '@prefish/core';
import type { ShellOpening } from '../plugin.ts';

/** `prefish plugins`: what is loaded. Each sub-command loads what it needs when it runs. */
export function pluginsCommand({ paths }: Pick<ShellOpening, 'paths'>): Command {
  const list = async (_: unknown, { shell }: RunContext): Promise<Outcome> =>
    (await import('./ls.ts')).listPlugins(shell, paths);
  return {
    name: 'plugins',
    summary: 'List the plugins, what they offer, and why one was not loaded',
    subcommands: [{ name: 'ls', summary: 'List the plugins', run: list }],
    run: list,
  };
}
