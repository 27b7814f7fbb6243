import { existsSync } from 'node:fs';
import type { Outcome, RunContext } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import type { Folders } from '../../folders.ts';
import { pluginsFolder } from '../../plugins/installed.ts';
import { npm } from '../../plugins/npm.ts';
import { changePlugins, type PluginSet } from '../../plugins/plugin-sets.ts';
import { describePlugin, stagePlugins, type StagedPlugin } from '../../plugins/stage-plugin.ts';
import { tryPlugin } from '../../plugins/try-plugin.ts';
import { confirmTokens } from './confirm-tokens.ts';
import { findInstalled } from './remove.ts';
import type { RunningShell } from '../../plugins/running-shell.ts';
import { showPlugin } from './show-plugin.ts';

/** A plugin before and after. */
interface Update {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Brings plugins to the newest version in their range, and packed ones to what their folder or tarball holds
 * now; without names, all of them. Shows from what to what, and asks.
 *
 * @throws PREFISH_PLUGIN_NOT_FOUND for one that is not installed, PREFISH_PLUGIN_INSTALL, PREFISH_NO_TTY
 */
export async function updatePlugins(
  words: readonly string[],
  context: RunContext,
  { folders, running }: { readonly folders: Folders; readonly running: RunningShell },
): Promise<Outcome> {
  const { signal, env, out, ask, shell } = context;
  const loadable = new Set<string>();
  const updated = await changePlugins(folders, signal, async (set) => {
    const all = Object.keys(set.manifest.dependencies);
    const names = words.length === 0 ? all : words.map((word) => findInstalled(set, word));
    const before = await describe(set, names);
    await fetchNewest(set, names, context);
    const changed = (await describe(set, names)).filter(
      ({ integrity }, index) => integrity !== before[index]!.integrity,
    );
    const updates = changed.map(({ name, version }) => ({
      name,
      from: before.find((plugin) => plugin.name === name)!.version,
      to: version,
    }));
    if (changed.length === 0) return { keep: false, result: [] };
    for (const plugin of changed) out.line(showPlugin(plugin, shell));
    const question = `Update ${updates.map(describeUpdate).join(', ')}?`;
    if (!(await ask.confirm(question, { default: true }))) return { keep: false, result: undefined };
    const result: (Update & { readonly plugin: string })[] = [];
    for (const update of updates) {
      const tried = await tryPlugin(update.name, set.folder, { env, signal });
      const { error } = tried;
      if (error !== undefined && (await loads(update.name, folders, context)))
        throw doesNotLoad(update, error);
      const plugin = changed.find(({ name }) => name === update.name)!;
      if (!(await confirmTokens(plugin, tried, context))) return { keep: false, result: undefined };
      if (error === undefined) loadable.add(update.name);
      result.push({ ...update, plugin: tried.name });
    }
    return { keep: true, result };
  });
  if (updated === undefined) return { type: 'denied', reason: 'Nothing was updated' };
  if (updated.length === 0) return { type: 'ok', message: 'Everything is up to date.', data: [] };
  await running.replace(
    updated.filter(({ name }) => loadable.has(name)).map(({ name, plugin }) => ({ package: name, plugin })),
  );
  const data = updated.map(({ name, from, to }) => ({ name, from, to }));
  return { type: 'ok', message: `Updated ${data.map(describeUpdate).join(', ')}.`, data };
}

/** Whether what is installed of a plugin loads where it is tried: one that needs configuration never does. */
async function loads(
  name: string,
  folders: Folders,
  { env, signal }: Pick<RunContext, 'env' | 'signal'>,
): Promise<boolean> {
  try {
    return (await tryPlugin(name, pluginsFolder(folders), { env, signal })).error === undefined;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

function doesNotLoad({ name, from, to }: Update, error: string): PrefishError {
  return new PrefishError('PREFISH_PLUGIN_INSTALL', `${name} ${to} does not load: ${error}`, {
    hint: `Nothing was updated; ${from} goes on. Name the other plugins to update them alone.`,
  });
}

function describe(set: PluginSet, names: readonly string[]): Promise<StagedPlugin[]> {
  return Promise.all(names.map((name) => describePlugin(set, name)));
}

function describeUpdate({ name, from, to }: Update): string {
  return sanitizeLabel(from === to ? `${name} ${to} (its content)` : `${name} ${from} → ${to}`);
}

async function fetchNewest(
  set: PluginSet,
  names: readonly string[],
  { env, signal, out }: RunContext,
): Promise<void> {
  const { origins = {} } = set.manifest;
  const packed = names.filter((name) => origins[name] !== undefined);
  const gone = packed.filter((name) => origins[name]!.startsWith('/') && !existsSync(origins[name]!));
  for (const name of gone) {
    const message = `${name} stays as it is: ${origins[name]!}, from where it was installed, is gone`;
    out.warn('PREFISH_PLUGIN_NOT_FOUND', message, 'prefish plugins add installs it from elsewhere.');
  }
  const specs = packed
    .filter((name) => !gone.includes(name))
    .map((name) => ({ kind: 'packed' as const, from: origins[name]! }));
  if (specs.length > 0) await stagePlugins(set, specs, { env, signal });
  const fromRegistry = names.filter((name) => origins[name] === undefined);
  if (fromRegistry.length > 0)
    await npm(['update', ...fromRegistry, '--legacy-peer-deps'], { cwd: set.folder, env, signal });
}
