import type { LoadedPlugin, Shell } from '@prefish/core';
import type { Folders } from '../folders.ts';
import { realPath } from '../trust/trusted-path.ts';
import { pluginsFolder } from './installed.ts';

/** An installed package, and the name that its plugin has. */
export interface InstalledPackage {
  readonly package: string;
  readonly plugin: string;
}

/** The shell that a command runs in, where it goes on after the command: changes show in it at once. */
export interface RunningShell {
  /**
   * Loads installed packages, in the place of what was loaded of the same ones. Where a plugin from elsewhere
   * has the name, that one goes on. Resolves with the packages that are loaded now.
   */
  replace(packages: readonly InstalledPackage[]): Promise<ReadonlySet<string>>;
  /** Unloads the plugins of packages that are installed no more. */
  unload(packages: readonly string[]): Promise<void>;
}

/**
 * `shell` gives the one that runs, or nothing where it ends with the command; `options` are what the
 * configuration has for packages. `paths` are kept true.
 */
export function createRunningShell(
  folders: Folders,
  paths: Map<string, string>,
  options: ReadonlyMap<string, unknown>,
  shell: () => Shell | undefined,
): RunningShell {
  /** Whether an entry of the list is what was installed of the package; one that failed has the package's name. */
  const isOf = ({ name, origin, error }: LoadedPlugin, module: string): boolean =>
    origin === 'installed' &&
    (error === undefined
      ? (paths.get(name)?.includes(`/node_modules/${module}/`) ?? false)
      : name === module);
  const unload = async (running: Shell, module: string): Promise<void> => {
    for (const { name } of running.plugins.filter((plugin) => isOf(plugin, module))) {
      await running.unload(name);
      paths.delete(name);
    }
  };
  return {
    async replace(packages) {
      const running = shell();
      const replaced = new Set<string>();
      if (running === undefined) return replaced;
      const { loadPluginModule } = await import('./load-plugin-module.ts');
      for (const { package: module, plugin: name } of packages) {
        const request = {
          module,
          // Behind the link: Node keeps what a path has led to once.
          folders: [realPath(pluginsFolder(folders))],
          origin: 'installed',
          own: true,
          ...(options.get(module) === undefined ? {} : { options: options.get(module) }),
        };
        const { plugin, path } = await loadPluginModule(request);
        await unload(running, module);
        if (running.plugins.some((other) => other.name === name && other.error === undefined)) continue;
        const { error } = await running.load({ plugin, origin: 'installed' });
        if (error !== undefined) continue;
        paths.set(name, path);
        replaced.add(module);
      }
      return replaced;
    },
    async unload(packages) {
      const running = shell();
      if (running === undefined) return;
      for (const module of packages) await unload(running, module);
    },
  };
}
