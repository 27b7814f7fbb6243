import { join } from 'node:path';
import type { Runtime } from '@prefish/server';
import { bundleFolder } from '../installation.ts';

/** The prefish that runs inside tasks: this one, with the Node that runs it. */
export function taskRuntime(): Omit<Runtime, 'arguments'> {
  return {
    mounts: [
      { source: process.execPath, target: '/run/prefish/bin/node' },
      { source: bundleFolder, target: '/run/prefish/dist' },
    ],
    command: ['/run/prefish/bin/node', '/run/prefish/dist/main.mjs'],
    hostCommand: [process.execPath, join(bundleFolder, 'main.mjs')],
  };
}
