import { existsSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from '@prefish/core';
import { errorMessage, PrefishError } from '@prefish/protocol';
import type { ConfiguredPlugin } from '../config/configuration.ts';
import { flagOrigin } from '../config/merge.ts';
import { projectRoot } from '../config/find-files.ts';
import { rememberModule } from '../containment/responsible.ts';
import type { Folders } from '../folders.ts';
import type { PlacedPlugin } from './compose-plugins.ts';
import { readPluginManifest } from './declared-prefixes.ts';
import { installedPlugins, pluginsFolder, type InstalledPlugin } from './installed.ts';
import { loadPluginModule, resolvePluginModule } from './load-plugin-module.ts';
import { provideModules } from './provide-modules.ts';
import { isInside, realPath } from '../trust/trusted-path.ts';

/** What {@link loadPlugins} takes. */
export interface LoadPluginsOptions {
  readonly folders: Folders;
  readonly installed: boolean;
  isLeftOut(name: string): boolean;
}

/**
 * Loads what is installed, then what is named; all at once, in this order. Options that the configuration
 * has for an installed plugin are given to it; of two of one name, that of `--plugin` counts.
 */
export async function loadPlugins(
  named: readonly ConfiguredPlugin[],
  { folders, installed, isLeftOut }: LoadPluginsOptions,
): Promise<PlacedPlugin[]> {
  provideModules();
  const { found, unreadable } = installed ? await findInstalled(folders) : { found: [], unreadable: [] };
  const byName = new Map(named.map((entry) => [entry.module, entry]));
  const added = found
    .filter(({ name }) => !isLeftOut(name) && byName.get(name)?.origin !== flagOrigin)
    .map(({ name, file }) => ({
      folder: dirname(file),
      ...asInstalled(byName.get(name)),
      module: name,
      origin: 'installed',
      own: true,
    }));
  const names = new Set(added.map(({ module }) => module));
  const rest = named.filter(({ module }) => !names.has(module));
  const loaded = await Promise.all([...added, ...rest].map((entry) => load(entry, folders)));
  return [...unreadable, ...flaggedFirst(loaded)];
}

/** What the configuration adds to an installed plugin. Of a project's, that is options alone: the module is the user's. */
function asInstalled(named: ConfiguredPlugin | undefined): Partial<ConfiguredPlugin> {
  if (named === undefined || named.own) return named ?? {};
  return 'options' in named ? { options: named.options } : {};
}

/** What the person names now is meant, and not a plugin of the same name that other prefish have. */
function flaggedFirst(placed: readonly PlacedPlugin[]): PlacedPlugin[] {
  const flagged = new Set(
    placed.flatMap(({ plugin, origin }) => (origin === flagOrigin ? plugin?.name : [])),
  );
  const beaten = placed.filter(({ plugin, origin }) => origin !== flagOrigin && flagged.has(plugin?.name));
  const origins = new Map(beaten.map(({ plugin, origin }) => [plugin.name, origin]));
  return placed
    .filter((entry) => !beaten.includes(entry))
    .map((entry) => {
      const other = entry.origin === flagOrigin ? origins.get(entry.plugin?.name) : undefined;
      if (other === undefined) return entry;
      const one = other === 'installed' ? 'the installed one' : `that of ${other}`;
      return { ...entry, origin: `${flagOrigin}, in place of ${one}` };
    });
}

/** What is installed, or a plugin that says why that is not known. */
async function findInstalled(
  folders: Folders,
): Promise<{ found: readonly InstalledPlugin[]; unreadable: readonly PlacedPlugin[] }> {
  try {
    return { found: await installedPlugins(folders), unreadable: [] };
  } catch (cause) {
    const message = `What is installed in ${pluginsFolder(folders)} cannot be read: ${errorMessage(cause)}`;
    const error = new PrefishError('PREFISH_PLUGIN_LOAD', message, { cause });
    return { found: [], unreadable: [{ plugin: failing('installed plugins', error), origin: 'installed' }] };
  }
}

async function load(entry: ConfiguredPlugin, folders: Folders): Promise<PlacedPlugin> {
  const { module, origin, folder } = entry;
  if (entry.plugin !== undefined) return { plugin: entry.plugin, origin };
  const isFlagged = origin === flagOrigin;
  const installed = pluginsFolder(folders);
  const lookedIn = isFlagged ? [installed, folder] : [folder, installed];
  const { version, prefixes } = readPluginManifest(module, lookedIn);
  const declared = prefixes === undefined ? {} : { declared: prefixes };
  try {
    if (isFlagged && !isAbsolute(module)) refuseOfProject({ module, origin, folders: lookedIn }, installed);
    const { plugin, path } = await loadPluginModule({
      module,
      folders: lookedIn,
      origin,
      own: entry.own,
      ...('options' in entry ? { options: entry.options } : {}),
    });
    rememberModule(path, plugin?.name ?? module);
    return {
      plugin: origin === 'installed' ? withVersion(plugin, version) : plugin,
      origin,
      path,
      ...declared,
    };
  } catch (error) {
    return { plugin: failing(module, error), origin, ...declared };
  }
}

/**
 * The name of a package says nothing of where it lies: one that the project brings along has to be meant.
 *
 * @throws PREFISH_PLUGIN_NOT_FOUND
 */
function refuseOfProject(named: Parameters<typeof resolvePluginModule>[0], installed: string): void {
  const path = fileURLToPath(resolvePluginModule(named));
  const root = projectRoot(process.cwd());
  if (root === undefined || !isInside(path, root)) return;
  if (existsSync(installed) && isInside(path, realPath(installed))) return;
  throw new PrefishError(
    'PREFISH_PLUGIN_NOT_FOUND',
    `There is no plugin ${named.module} but the one that ${root} brings along`,
    { hint: `If you mean that one, name its file: --plugin ${path}` },
  );
}

/** A plugin that says no version has that of its package. */
function withVersion(plugin: Plugin, version: string | undefined): Plugin {
  const isPlugin = typeof plugin === 'object' && plugin !== null;
  return isPlugin && plugin.version === undefined && version !== undefined ? { ...plugin, version } : plugin;
}

/** Stands for a plugin that there is not: its setup says why. */
function failing(name: string, error: unknown): Plugin {
  return {
    kind: 'prefish.plugin',
    name,
    api: '^1',
    options: undefined,
    setup: () => {
      throw error;
    },
  };
}
