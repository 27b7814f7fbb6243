import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Host, Plugin, Shell } from '@prefish/core';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import type { Flags } from '../arguments.ts';
import { rememberModule } from '../containment/responsible.ts';
import { flagOrigin } from '../config/merge.ts';
import { loadPluginModule } from '../plugins/load-plugin-module.ts';
import { VersionedModule } from '../plugins/module-versions.ts';
import { watchFiles } from '../plugins/watch-files.ts';
import { exemptFromGuard } from '../trust/load-guard.ts';

/** Keeps the plugins of a shell at what their files hold. */
export interface PluginWatch {
  /** Begins with a shell that was opened after this; resolves with the shell to submit lines to. */
  begin(shell: Shell): Promise<Shell>;
  close(): void;
}

/**
 * Watches the files that `--plugin` names, and what they import from their folders: a plugin whose files
 * change is loaded anew, once no line runs. Where the new one cannot be loaded, the old one goes on.
 *
 * @throws PREFISH_USAGE when `--plugin` names no file
 */
export function watchPlugins(
  { plugins, cwd = '.' }: Pick<Flags, 'plugins' | 'cwd'>,
  host: Pick<Host, 'event' | 'notice'>,
): PluginWatch {
  const files = plugins.map((name) => resolve(cwd, name)).filter((path) => isFile(path));
  if (files.length === 0) {
    throw new PrefishError('PREFISH_USAGE', '--watch needs a file to watch', {
      hint: 'Name it: prefish --plugin ./notes.ts --watch',
    });
  }
  const modules = files.map((file) => ({ file, module: new VersionedModule(realpathSync(file)) }));
  const stops: (() => void)[] = modules.map(
    ({ module }) =>
      () =>
        module.close(),
  );
  return {
    async begin(shell) {
      const lines = new RunningLines();
      const watched: Watched = {
        shell,
        lines,
        owned: new Set(),
        notice: (message) => host.notice?.(message),
        quietly: (plugin, load) => withoutErrorsOf(plugin, host, load),
      };
      for (const { file, module } of modules) stops.push(await keepLoaded(module, file, watched));
      return Object.create(shell, {
        submit: { value: (...line: Parameters<Shell['submit']>) => lines.add(shell.submit(...line)) },
      }) as Shell;
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

interface Watched {
  readonly shell: Shell;
  readonly lines: RunningLines;
  /** The names of the plugins that were loaded from the watched files: no other one is touched. */
  readonly owned: Set<string>;
  readonly notice: (message: string) => void;
  /** Loads a plugin of that name without the kernel's word about what is wrong with it. */
  readonly quietly: <T>(plugin: string, load: () => Promise<T>) => Promise<T>;
}

/** Loads the module anew whenever its files change; resolves with what stops that. */
async function keepLoaded(module: VersionedModule, file: string, watched: Watched): Promise<() => void> {
  const { shell, lines, owned, notice } = watched;
  const name = basename(module.path);
  let current = await loadCurrent(module).catch(() => undefined);
  if (current !== undefined && (owned.has(current.name) || !isLoaded(shell, current.name)))
    current = undefined;
  if (current !== undefined) owned.add(current.name);
  let reloading = Promise.resolve();
  const reload = async (): Promise<void> => {
    const started = performance.now();
    module.next();
    try {
      const plugin = await loadCurrent(module);
      await lines.none();
      const before = tokensOf(shell, current?.name);
      await replace(current, plugin, watched);
      current = plugin;
      // What could not be loaded when the shell started has its file's name.
      for (const failed of [file, module.path]) await shell.unload(failed);
      const took = `${name} reloaded (${Math.round(performance.now() - started)} ms)`;
      notice(`${took}${describeTokens(before, tokensOf(shell, plugin.name))}`);
    } catch (error) {
      if (current !== undefined && !owned.has(current.name)) current = undefined;
      const kept = current === undefined ? 'It is not loaded.' : 'The one before goes on.';
      const isOfSetup = isPrefishError(error) && error.code === 'PREFISH_PLUGIN_SETUP';
      const hint = isPrefishError(error) && !isOfSetup && error.hint ? `\n  hint: ${error.hint}` : '';
      notice(`${name} was not reloaded: ${errorMessage(error)}. ${kept}${hint}`);
    }
    watcher.look(module.files);
  };
  const watcher = watchFiles(() => (reloading = reloading.then(reload)));
  watcher.look(module.files);
  return () => watcher.close();
}

async function loadCurrent({ path, url }: VersionedModule): Promise<Plugin> {
  exemptFromGuard(url);
  const { plugin } = await loadPluginModule({ module: path, folders: [], origin: flagOrigin, own: true });
  rememberModule(path, plugin?.name ?? path);
  return plugin;
}

/** @throws what the setup of the new one threw, when the old one is back; PREFISH_PLUGIN_DUPLICATE */
async function replace(old: Plugin | undefined, plugin: Plugin, watched: Watched): Promise<void> {
  const { shell, owned, notice, quietly } = watched;
  const { name } = plugin;
  if (name !== old?.name && shell.plugins.some((other) => other.name === name && other.error === undefined)) {
    throw new PrefishError('PREFISH_PLUGIN_DUPLICATE', `another plugin named ${name} is loaded`, {
      plugin: name,
      hint: 'Give this one a name of its own.',
    });
  }
  const load = async (one: Plugin): Promise<Error | undefined> => {
    const { error } = await quietly(one.name, () => shell.load({ plugin: one, origin: flagOrigin }));
    if (error === undefined) owned.add(one.name);
    else await shell.unload(one.name);
    return error;
  };
  if (old !== undefined) {
    // One whose cleanup fails is out all the same.
    await shell.unload(old.name).catch((error: unknown) => notice(errorMessage(error)));
    owned.delete(old.name);
  }
  const error = await load(plugin);
  if (error === undefined) return;
  if (old !== undefined) await load(old);
  throw error;
}

function isLoaded(shell: Shell, name: string): boolean {
  return shell.plugins.some(
    (plugin) => plugin.name === name && plugin.error === undefined && plugin.origin.startsWith(flagOrigin),
  );
}

function tokensOf(shell: Shell, plugin: string | undefined): readonly string[] {
  return shell.prefixes
    .filter((prefix) => prefix.plugin === plugin)
    .map(({ token }) => token || 'plain text');
}

/** Which tokens are not the plugin's any more: who is used to them has to know. */
function describeTokens(before: readonly string[], after: readonly string[]): string {
  const gone = before.filter((token) => !after.includes(token));
  if (gone.length === 0) return '';
  const now = after.length === 0 ? 'it has no token now' : `its tokens are ${after.join(' ')} now`;
  return `; ${now}, and no longer ${gone.join(' ')}`;
}

/** What the watch reports itself need not be said by the kernel as well. */
async function withoutErrorsOf<T>(
  plugin: string,
  host: Pick<Host, 'event'>,
  load: () => Promise<T>,
): Promise<T> {
  const say = host.event;
  host.event = (event) => {
    if (event.type !== 'error' || event.plugin !== plugin) say?.call(host, event);
  };
  try {
    return await load();
  } finally {
    if (say !== undefined) host.event = say;
  }
}

/** The lines that run: each keeps the code that it began with. */
class RunningLines {
  readonly #running = new Set<Promise<unknown>>();

  add<T>(line: Promise<T>): Promise<T> {
    this.#running.add(line);
    const ended = (): unknown => this.#running.delete(line);
    line.then(ended, ended);
    return line;
  }

  async none(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
