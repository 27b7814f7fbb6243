import type { Shell } from '@prefish/core';
import type { Folders } from '../folders.ts';
import { pluginsFolder } from './installed.ts';

/** An installed package, and the name that its plugin has. */
export interface InstalledPackage {
  readonly package: string;
  readonly plugin: string;
}

/** The shell that a command runs in, where it goes on after the command: changes show in it at once. */
export interface RunningShell {
  /** Loads installed packages, in the place of plugins of those names. Resolves with whether it did. */
  replace(packages: readonly InstalledPackage[]): Promise<boolean>;
  /** Unloads the plugins of packages that are installed no more. */
  unload(packages: readonly string[]): Promise<void>;
}

/** `shell` gives the one that runs, or nothing where it ends with the command. `paths` are kept true. */
export function createRunningShell(
  folders: Folders,
  paths: Map<string, string>,
  shell: () => Shell | undefined,
): RunningShell {
  return {
    async replace(packages) {
      const running = shell();
      if (running === undefined) return false;
      const { loadPluginModule } = await import('./load-plugin-module.ts');
      for (const { package: module, plugin: name } of packages) {
        const request = { module, folders: [pluginsFolder(folders)], origin: 'installed', own: true };
        const { plugin, path } = await loadPluginModule(request);
        await running.unload(name);
        await running.load({ plugin, origin: 'installed' });
        paths.set(name, path);
      }
      return true;
    },
    async unload(packages) {
      const running = shell();
      for (const [name, path] of paths) {
        if (!packages.some((entry) => path.includes(`/node_modules/${entry}/`))) continue;
        if (running?.plugins.find((plugin) => plugin.name === name)?.origin !== 'installed') continue;
        await running.unload(name);
        paths.delete(name);
      }
    },
  };
}
