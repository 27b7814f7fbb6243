import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateShellOptions, Plugin, RefusedToken } from '@prefish/core';
import { tokensOf } from '../config/merge.ts';
import type { Configuration, ConfiguredPlugin } from '../config/configuration.ts';
import { expectedPrefixes } from '../default-plugins.ts';
import type { Folders } from '../folders.ts';
import type { DeclaredPrefix } from './declared-prefixes.ts';
import { pluginsFolder } from './installed.ts';

/** A plugin, where it came from, and the file of its module where it has one. */
export interface PlacedPlugin {
  readonly plugin: Plugin;
  /** `default`, `installed`, `--plugin` (and in place of which other one), or the file that names it. */
  readonly origin: string;
  readonly path?: string;
  /** The prefixes that its manifest declares, where it declares any. */
  readonly declared?: readonly DeclaredPrefix[];
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
  const installed = options.installed && existsSync(join(pluginsFolder(folders), 'package.json'));
  const refused: RefusedToken[] = [];
  if (others.length > 0 || installed) {
    const { loadPlugins } = await import('./load-plugins.ts');
    const { missingPolicy } = await import('../policies/missing.ts');
    const loaded = await loadPlugins(others, { folders, installed, isLeftOut });
    plugins.push({ plugin: missingPolicy(loaded.filter(declaresTokens)), origin: 'default' }, ...loaded);
    refused.push(...loaded.flatMap((entry) => declaredTokens(entry, configuration)));
  }
  if (configuration.plugins.length > others.length) refused.push(...(await leftOutTokens(options, names)));
  return {
    plugins,
    expected: expectedPrefixes.filter(({ plugin }) => !isLeftOut(plugin)),
    refused: [
      ...switchedOff(configuration, configured),
      ...configuration.refused,
      ...refused,
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

/** Whether it is known which lines are a plugin's, without loading it. Plain text cannot be told from any other. */
function declaresTokens({ declared }: PlacedPlugin): boolean {
  return declared?.every(({ token }) => token !== '') ?? false;
}

/** The tokens that a plugin's manifest declares: as long as it is not loaded, for whatever reason. */
function declaredTokens(
  { plugin, declared = [] }: PlacedPlugin,
  { value }: Pick<Configuration, 'value'>,
): RefusedToken[] {
  const refused = { reason: `${plugin?.name} is not loaded`, hint: 'prefish plugins says why.' };
  return configuredTokens(declared, value).map((token) => ({ token, ...refused }));
}

/** The tokens that plugins declare which the configuration leaves out, default ones (`names`) apart. */
async function leftOutTokens(
  { configuration, folders }: ComposeOptions,
  names: ReadonlySet<string>,
): Promise<RefusedToken[]> {
  const { readPluginManifest } = await import('./declared-prefixes.ts');
  return configuration.plugins.flatMap(({ module, options, origin, folder }) => {
    if (options !== false || names.has(module)) return [];
    const { prefixes = [] } = readPluginManifest(module, [folder, pluginsFolder(folders)]);
    const reason = `${module} is switched off in ${origin}`;
    return configuredTokens(prefixes, configuration.value).map((token) => ({ token, reason }));
  });
}

function configuredTokens(
  declared: readonly DeclaredPrefix[],
  { prefixes = {} }: Configuration['value'],
): readonly string[] {
  return declared
    .flatMap(({ id, token }) => (Object.hasOwn(prefixes, id) ? tokensOf(prefixes[id]) : [token]))
    .filter((token) => /^(?![/\\])[^\s\p{Cc}]+$/u.test(token));
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
