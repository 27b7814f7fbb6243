import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateShellOptions, Plugin } from '@prefish/core';
import { tokensOf } from '../config/merge.ts';
import type { Configuration, ConfiguredPlugin, RefusedToken } from '../config/configuration.ts';
import { expectedPrefixes } from '../default-plugins.ts';
import type { Folders } from '../folders.ts';

/** A plugin, where it came from, and the file of its module where it has one. */
export interface PlacedPlugin {
  readonly plugin: Plugin;
  /** `default`, `installed`, `--plugin`, or the file that names it. */
  readonly origin: string;
  readonly path?: string;
}

/** The plugins of a shell, and the tokens whose owners are not there. */
export interface Composition {
  readonly plugins: readonly PlacedPlugin[];
  readonly expected: NonNullable<CreateShellOptions['expected']>;
  readonly refused: readonly RefusedToken[];
}

/** What {@link composePlugins} takes. */
export interface ComposeOptions {
  /** The default ones, with their options. */
  readonly defaults: readonly Plugin[];
  readonly configuration: Pick<Configuration, 'value' | 'plugins' | 'refused'>;
  readonly folders: Folders;
  /** Whether those that `prefish plugins add` has installed are loaded. */
  readonly installed: boolean;
}

/**
 * The plugins that defaults, installation, configuration and flags name, in this order. One that cannot be
 * loaded becomes a plugin that says so when it is set up.
 */
export async function composePlugins(options: ComposeOptions): Promise<Composition> {
  const { defaults, configuration, folders } = options;
  const configured = new Map(configuration.plugins.map((entry) => [entry.module, entry]));
  const isLeftOut = (name: string): boolean => configured.get(name)?.options === false;
  const plugins: PlacedPlugin[] = defaults
    .filter(({ name }) => !isLeftOut(name))
    .map((plugin) => ({ plugin, origin: 'default' }));
  const names = new Set(defaults.map(({ name }) => name));
  const others = configuration.plugins.filter(
    ({ module, options }) => !names.has(module) && options !== false,
  );
  const installed =
    options.installed && existsSync(join(folders.plugins ?? join(folders.data, 'plugins'), 'package.json'));
  if (others.length > 0 || installed) {
    const { loadPlugins } = await import('./load-plugins.ts');
    plugins.push(...(await loadPlugins(others, { folders, installed, isLeftOut })));
  }
  return {
    plugins,
    expected: expectedPrefixes.filter(({ plugin }) => !isLeftOut(plugin)),
    refused: [
      ...switchedOff(configuration, configured),
      ...configuration.refused,
      ...tokensWithoutOwner(configuration),
    ],
  };
}

/** The tokens of default plugins that the configuration leaves out. */
function switchedOff(
  { value }: Pick<Configuration, 'value'>,
  configured: ReadonlyMap<string, ConfiguredPlugin>,
): RefusedToken[] {
  return expectedPrefixes.flatMap(({ id, plugin }) => {
    const entry = configured.get(plugin);
    if (entry?.options !== false) return [];
    const reason = `${plugin} is switched off in ${entry.origin}`;
    return tokensOf(value.prefixes?.[id]).map((token) => ({ token, reason }));
  });
}

/**
 * Tokens that the configuration gives to a prefix that may not be there, as its plugin may have failed:
 * unless somebody claims them, lines that begin with them are refused.
 */
function tokensWithoutOwner({ value }: Pick<Configuration, 'value'>): RefusedToken[] {
  const known = new Set(expectedPrefixes.map(({ id }) => id));
  return Object.entries(value.prefixes ?? {})
    .filter(([id]) => !known.has(id))
    .flatMap(([id, tokens]) =>
      tokensOf(tokens).map((token) => ({
        token,
        reason: `no plugin that is loaded has the prefix "${id}"`,
        hint: 'prefish plugins says which were not loaded, and why.',
      })),
    );
}
