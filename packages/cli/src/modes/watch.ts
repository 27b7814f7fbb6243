import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Plugin, Shell } from '@prefish/core';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import type { Flags } from '../arguments.ts';
import { rememberModule } from '../containment/responsible.ts';
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
  notice: (message: string) => void,
): PluginWatch {
  const files = plugins.map((name) => resolve(cwd, name)).filter((path) => isFile(path));
  if (files.length === 0) {
    throw new PrefishError('PREFISH_USAGE', '--watch needs a file to watch', {
      hint: 'Name it: prefish --plugin ./notes.ts --watch',
    });
  }
  const modules = files.map((path) => new VersionedModule(realpathSync(path)));
  const stops: (() => void)[] = modules.map((module) => () => module.close());
  return {
    async begin(shell) {
      const lines = new RunningLines();
      for (const module of modules) stops.push(await keepLoaded(module, { shell, lines, notice }));
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
  readonly notice: (message: string) => void;
}

/** Loads the module anew whenever its files change; resolves with what stops that. */
async function keepLoaded(module: VersionedModule, { shell, lines, notice }: Watched): Promise<() => void> {
  const name = basename(module.path);
  let current = await loadCurrent(module).catch(() => undefined);
  let reloading = Promise.resolve();
  const reload = async (): Promise<void> => {
    const started = performance.now();
    module.next();
    try {
      const plugin = await loadCurrent(module);
      await lines.none();
      await replace(current, plugin, { shell, notice });
      current = plugin;
      notice(`${name} reloaded (${Math.round(performance.now() - started)} ms)`);
    } catch (error) {
      const kept = current === undefined ? '' : ' The one before goes on.';
      const hint = isPrefishError(error) && error.hint !== undefined ? `\n  hint: ${error.hint}` : '';
      notice(`${name} was not reloaded: ${errorMessage(error)}.${kept}${hint}`);
    }
    watcher.look(module.files);
  };
  const watcher = watchFiles(() => (reloading = reloading.then(reload)));
  watcher.look(module.files);
  return () => watcher.close();
}

async function loadCurrent({ path, url }: VersionedModule): Promise<Plugin> {
  exemptFromGuard(url);
  const { plugin } = await loadPluginModule({ module: path, folders: [], origin: '--plugin', own: true });
  rememberModule(path, plugin.name);
  return plugin;
}

/** @throws what the setup of the new one threw, when the old one is back */
async function replace(
  old: Plugin | undefined,
  plugin: Plugin,
  { shell, notice }: Omit<Watched, 'lines'>,
): Promise<void> {
  // One whose cleanup fails is out all the same.
  if (old !== undefined) await shell.unload(old.name).catch((error: unknown) => notice(errorMessage(error)));
  const { error } = await shell.load({ plugin, origin: '--plugin' });
  if (error === undefined) return;
  await shell.unload(plugin.name);
  if (old !== undefined) await shell.load({ plugin: old, origin: '--plugin' });
  throw error;
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
