import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { PrefishError } from '@prefish/core';
import type { ServerOptions } from '@prefish/server';

type Runtime = Awaited<ReturnType<ServerOptions['offer']>>['runtime'];

/**
 * The `prefish` that is installed where the tests run, as the prefish inside tasks, with plugins of
 * the test's own.
 *
 * @param plugins module files; the package that each belongs to is there inside the sandbox too
 * @throws PREFISH_PLUGIN_NOT_FOUND when `prefish` is not installed
 */
export function installedPrefish(plugins: readonly string[]): Runtime {
  const dist = join(packageFolder(), 'dist');
  const modules = plugins.map((path) => resolve(path));
  return {
    mounts: [
      { source: process.execPath, target: '/run/prefish/bin/node' },
      { source: dist, target: '/run/prefish/dist' },
      ...[...new Set(modules.map(ownerOf))].map((folder) => ({ source: folder, target: folder })),
    ],
    command: ['/run/prefish/bin/node', '/run/prefish/dist/main.mjs'],
    hostCommand: [process.execPath, join(dist, 'main.mjs')],
    arguments: ['--no-config', ...modules.flatMap((path) => ['--plugin', path])],
  };
}

function packageFolder(): string {
  try {
    return dirname(createRequire(join(process.cwd(), 'package.json')).resolve('prefish/package.json'));
  } catch (cause) {
    throw new PrefishError(
      'PREFISH_PLUGIN_NOT_FOUND',
      `There is no prefish in ${process.cwd()} to run inside tasks`,
      { cause, hint: 'npm install --save-dev prefish @prefish/server' },
    );
  }
}

/** The folder of the package that a file belongs to; its own folder where there is none. */
function ownerOf(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return dirname(file);
  }
}
