import { isAbsolute, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { Config, PluginEntry, PrefixTokens, RefusedToken, YieldingPrefix } from '@prefish/core';
import { homeFolder } from '../folders.ts';
import type { Configuration, ConfiguredPlugin, Layer } from './configuration.ts';

/** What flags and environment configure. They win over every file. */
export interface Overrides {
  readonly server?: { readonly value: string; readonly origin: string };
  /** Modules that `--plugin` names, relative to `folder`. */
  readonly plugins: readonly string[];
  readonly folder: string;
}

/** The layers made one. */
export type Merged = Pick<Configuration, 'value' | 'origins' | 'plugins' | 'refused' | 'yielding'>;

/** Of these the last that is said counts, as a whole. */
const keysThatReplace = [
  'server',
  'network',
  'allow',
  'sandbox',
  'carry',
  'snapshot',
  'mounts',
  'environment',
  'limits',
  'retention',
  'setup',
  'agent',
] as const;

/** The origin of what `--plugin` names. */
export const flagOrigin = '--plugin';

/**
 * Merges what files, environment and flags say; the later wins. Plugins add up, and of the same module the
 * later options count; prefixes merge by their ids; everything else replaces.
 */
export function merge(defaults: PrefixTokens, layers: readonly Layer[], overrides: Overrides): Merged {
  const value: { -readonly [Key in keyof Config]: Config[Key] } = {};
  const origins: Record<string, string> = {};
  const plugins = new Map<string, ConfiguredPlugin>();
  const prefixes = new Map<string, PrefixTokens[string]>();
  const refused: RefusedToken[] = [];
  const yielding = new Map<string, YieldingPrefix>();
  const setPrefixes = (tokens: PrefixTokens, origin: string, yields = false): void => {
    for (const [id, token] of Object.entries(tokens)) {
      const instead = prefixes.get(id);
      if (yields) yielding.set(id, { id, origin, ...(instead === undefined ? {} : { instead }) });
      else yielding.delete(id);
      prefixes.set(id, token);
      origins[`prefixes.${id}`] = origin;
    }
  };
  const addPlugin = (entry: PluginEntry, from: Source): void => {
    const named = readEntry(entry, from);
    const known = plugins.get(named.module);
    plugins.set(named.module, known === undefined ? named : namedAgain(known, named));
  };

  setPrefixes(defaults, 'default');
  for (const { value: said, origin, folder, level, yields } of layers) {
    refused.push(...takenAway(Object.fromEntries(prefixes), said.prefixes ?? {}, { origin, level }));
    setPrefixes(said.prefixes ?? {}, origin, yields);
    for (const entry of said.plugins ?? []) addPlugin(entry, { folder, origin, own: level !== 'project' });
    for (const key of keysThatReplace) {
      if (said[key] === undefined) continue;
      Object.assign(value, { [key]: key === 'agent' ? agentIn(folder, said.agent) : said[key] });
      origins[key] = origin;
    }
  }
  if (overrides.server !== undefined) {
    value.server = overrides.server.value;
    origins['server'] = overrides.server.origin;
  }
  for (const module of overrides.plugins)
    addPlugin(module, { folder: overrides.folder, origin: flagOrigin, own: true });

  const list = [...plugins.values()];
  list.forEach(({ origin }, index) => (origins[`plugins[${index}]`] = origin));
  if (list.length > 0) value.plugins = list.map(asEntry);
  value.prefixes = Object.fromEntries(prefixes);
  return { value, origins, plugins: list, refused, yielding: [...yielding.values()] };
}

/** The tokens of `before` that a file's `prefixes` take away. Who types one out of habit is told. */
function takenAway(
  before: PrefixTokens,
  prefixes: PrefixTokens,
  { origin, level }: Pick<Layer, 'origin' | 'level'>,
): RefusedToken[] {
  return Object.entries(prefixes).flatMap(([id, after]) =>
    tokensOf(Object.hasOwn(before, id) ? before[id] : undefined)
      .filter((token) => token !== '' && !tokensOf(after).includes(token))
      .map((token) => {
        const [instead] = tokensOf(after);
        const asText = `Write \\${token} to begin plain text with it.`;
        if (instead === undefined) {
          const hint = level === 'project' ? '--no-config runs without that file.' : asText;
          return { token, reason: `${origin} has removed the prefix "${id}"`, hint };
        }
        return {
          token,
          reason: `${origin} has given "${id}" the token ${instead} in its place`,
          hint: `Write ${instead} in place of ${token}. ${asText}`,
        };
      }),
  );
}

/** The tokens of a value of `prefixes`. */
export function tokensOf(tokens: PrefixTokens[string] | undefined): readonly string[] {
  if (tokens === undefined || tokens === false) return [];
  return typeof tokens === 'string' ? [tokens] : tokens;
}

type Source = Pick<ConfiguredPlugin, 'folder' | 'origin' | 'own'>;

function readEntry(entry: PluginEntry, from: Source): ConfiguredPlugin {
  if (typeof entry === 'string') return { ...from, module: moduleName(entry, from.folder) };
  if (isPair(entry)) return { ...from, module: moduleName(entry[0], from.folder), options: entry[1] };
  return { ...from, module: entry.name, plugin: entry };
}

/**
 * Naming a module again without options takes none of those away that it has; what was left out is back.
 * What the user has named stays the user's: a project adds its options to it, and no module of its own.
 */
function namedAgain(known: ConfiguredPlugin, named: ConfiguredPlugin): ConfiguredPlugin {
  const keeps = !('options' in named) && 'options' in known && known.options !== false;
  if (known.own && !named.own) {
    if (keeps) return known;
    const { options: _, ...module } = known;
    return { ...module, origin: named.origin, ...('options' in named ? { options: named.options } : {}) };
  }
  // What a flag names by its package is that of the user's file, and not one in the folder of the moment.
  const { folder } = known.own && named.origin === '--plugin' ? known : named;
  return { ...named, folder, ...(keeps ? { options: known.options } : {}) };
}

function isPair(entry: PluginEntry): entry is readonly [string, unknown] {
  return Array.isArray(entry);
}

/** An agent whose program is a path: that begins where the configuration is, wherever messages are sent. */
function agentIn(folder: string, agent: Config['agent']): Config['agent'] {
  const located = (program: string): string =>
    /^(?:\.{1,2}|~)\//.test(program) ? moduleName(program, folder) : program;
  if (agent === undefined || typeof agent === 'string') return agent;
  if ('command' in agent) return { ...agent, command: located(agent.command) };
  const [program, ...args] = agent.exec;
  return { ...agent, exec: [located(program), ...args] };
}

/** `./notes.ts`, `~/notes.ts`, `/x/notes.ts`, and `notes.ts` where it is there, are files; all else is a package. */
export function moduleName(name: string, folder: string): string {
  if (name.startsWith('~/')) return join(homeFolder(), name.slice(2));
  const path = resolve(folder, name);
  const isFile =
    /^\.{1,2}\//.test(name) || isAbsolute(name) || (/\.[cm]?[jt]s$/.test(name) && existsSync(path));
  return isFile ? path : name;
}

function asEntry({ module, plugin, ...rest }: ConfiguredPlugin): PluginEntry {
  if (plugin !== undefined) return plugin;
  return 'options' in rest ? [module, rest.options] : module;
}
