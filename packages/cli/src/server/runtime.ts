import { join } from 'node:path';
import type { Runtime } from '@prefish/server';
import { compiledScripts } from '../compiled-scripts.ts';
import { bundleFolder } from '../installation.ts';

/** The prefish that runs inside tasks: this one, with the Node that runs it, and what that has compiled before. */
export function taskRuntime(): Omit<Runtime, 'arguments'> {
  const compiled = compiledScripts.folder;
  return {
    mounts: [
      { source: process.execPath, target: '/run/prefish/bin/node' },
      { source: bundleFolder, target: '/run/prefish/dist' },
      ...(compiled === undefined
        ? []
        : [{ source: compiled, target: '/run/prefish/compiled', optional: true as const }]),
    ],
    command: ['/run/prefish/bin/node', '/run/prefish/dist/main.mjs'],
    hostCommand: [process.execPath, join(bundleFolder, 'main.mjs')],
  };
}
