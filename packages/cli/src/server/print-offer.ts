import type { Config } from '@prefish/core';
import type { ServerInfo } from '@prefish/protocol';
import { parseArguments } from '../arguments.ts';
import { findFiles } from '../config/load-configuration.ts';
import { readOwn } from '../config/read-layers.ts';
import { containPlugins } from '../containment/contain-plugins.ts';
import { ownStreams } from '../containment/own-streams.ts';
import type { Folders } from '../folders.ts';
import { openShell } from '../open-shell.ts';
import { scanModules } from '../trust/scan-modules.ts';
import { isInstalled } from '../trust/trusted-path.ts';
import { offeredPrefixes } from './offered-prefixes.ts';
import { recordLoads } from './record-loads.ts';
import { taskConfiguration } from './task-configuration.ts';

/** What a prefish of this user would take and load in a task. */
export interface PrintedOffer {
  readonly prefixes: ServerInfo['prefixes'];
  /** The user's configuration. Absolute. */
  readonly config?: string;
  /** What is shown to tasks in the place of that; a configuration that is a program is shown as it is. */
  readonly shown?: string;
  /** Everything that is loaded, or can be seen to be imported later: the configuration, and modules. Absolute. */
  readonly files: readonly string[];
  /** The `node_modules` folders that packages were found in. Absolute. */
  readonly folders: readonly string[];
  /** What the configuration says of this machine, for the server alone. */
  readonly machine?: {
    readonly limits: Config['limits'];
    readonly allow: Config['allow'];
    readonly retention: Config['retention'];
  };
}

/** `prefish daemon offer`, which the server calls: prints a {@link PrintedOffer}. */
export async function printOffer(folders: Folders): Promise<number> {
  containPlugins(() => {});
  const invocation = parseArguments([]);
  if (invocation.kind !== 'input') throw new TypeError('no arguments mean input');
  const { flags } = invocation;
  const loads = recordLoads();
  await using shell = await openShell(flags, folders, {}, 'inspection');
  const file = findFiles({ flags, folders, start: '/' }).files.find(({ level }) => level === 'user');
  const config = file?.path;
  const own = file === undefined ? undefined : await readOwn(file);
  const shown =
    own === undefined || file?.format === 'script' ? undefined : JSON.stringify(taskConfiguration(own));
  const { result } = await shell.runCommand('plugins', ['ls']);
  const plugins = ((result as { data?: unknown }).data ?? []) as readonly { readonly path?: string }[];
  const offer: PrintedOffer = {
    prefixes: offeredPrefixes(shell),
    ...(config === undefined ? {} : { config }),
    ...(shown === undefined ? {} : { shown }),
    files: [
      ...new Set([
        ...(config === undefined ? [] : [config]),
        ...plugins.flatMap(({ path }) => (path === undefined ? [] : [path])),
        ...loads.files,
        ...(await importedLater(loads.files)),
      ]),
    ],
    folders: [...loads.folders],
    ...(own === undefined
      ? {}
      : { machine: { limits: own.limits, allow: own.allow, retention: own.retention } }),
  };
  ownStreams.stdout.write(`${JSON.stringify(offer)}\n`);
  return 0;
}

/** What a handler imports when it runs. What cannot be scanned is loaded as far as it was loaded here. */
async function importedLater(files: ReadonlySet<string>): Promise<readonly string[]> {
  const own = [...files].filter((path) => !isInstalled(path, '/'));
  const scan = await scanModules(own, '/').catch(() => undefined);
  return scan === undefined ? [] : scan.files.map(({ path }) => path);
}
