import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { diskUse } from '@prefish/durable';
import type { Outcome, RunContext } from '@prefish/core';
import { isPrefishError, PrefishError, formatBytes, type DiskUse } from '@prefish/protocol';
import type { TeleportOptions } from '../options.ts';
import type { Services } from '../services.ts';
import { shadowsFolder, shadowsUse } from './shadows.ts';

/** One row of `prefish du`. */
interface Use {
  readonly what: string;
  readonly bytes: number;
}

/** What takes less, an empty folder say, is in the sum alone; in bytes. */
const worthARow = 10_000;

/** What the server's parts are called. */
const serverParts: Readonly<Record<keyof DiskUse, string>> = {
  database: 'tasks and their transcripts',
  repositories: 'mirrors of repositories, with every result',
  caches: 'what workspaces are made from',
  kept: 'files that --keep kept',
  workspaces: 'workspaces of tasks that run',
};

/** `prefish du`: where the disk goes, of the server of this machine and here. `{ uses: [{ what, bytes }], total }`. */
export async function showDiskUse(services: Services, { signal }: RunContext): Promise<Outcome> {
  const { folders, undoFolder, outboxFolder } = services;
  const shadowed = shadowsFolder(folders.cache);
  const [server, shadows, undo, outbox, rest] = await Promise.all([
    serverUse(services, signal),
    shadowsUse(folders.cache, signal),
    diskUse([undoFolder], signal),
    diskUse([outboxFolder], signal),
    entriesBeside(folders, [shadowed, undoFolder, outboxFolder]).then((paths) => diskUse(paths, signal)),
  ]);
  const uses: Use[] = [
    ...server,
    { what: 'shadows, in which snapshots are taken', bytes: shadows },
    { what: 'what undo brings back', bytes: undo },
    { what: 'lines that wait to be delivered', bytes: outbox },
    { what: 'prefish itself: plugins, compiled scripts, logs', bytes: rest },
  ];
  return table(uses);
}

/** What else lies in prefish's folders: neither counted by its own name, nor the server's. */
async function entriesBeside(
  { cache, data, state, server }: Services['folders'],
  counted: readonly string[],
): Promise<readonly string[]> {
  const folders = [...new Set([cache, data, ...(state === undefined ? [] : [state])])];
  const entries = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch((): string[] => []);
      return names.map((name) => join(folder, name));
    }),
  );
  return entries.flat().filter((path) => path !== server && !counted.includes(path));
}

/**
 * `prefish du --data DIR`: the same of the folder of a server for others, whether it runs or not.
 *
 * @throws PREFISH_USAGE where there is no such folder
 */
export async function showFolderUse(
  named: string,
  folderUse: NonNullable<TeleportOptions['folderUse']>,
  { cwd, signal }: RunContext,
): Promise<Outcome> {
  const folder = resolve(cwd, named);
  if (!existsSync(folder)) throw new PrefishError('PREFISH_USAGE', `There is no folder ${folder}`);
  return table(rowsOf(await folderUse(folder, signal)));
}

function table(uses: readonly Use[]): Outcome {
  const total = uses.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = [...uses.filter(({ bytes }) => bytes >= worthARow), { what: 'in all', bytes: total }];
  const message = rows.map(({ what, bytes }) => `${formatBytes(bytes).padStart(9)}  ${what}`).join('\n');
  return { type: 'ok', message, data: { uses, total } };
}

async function serverUse(services: Services, signal: AbortSignal): Promise<readonly Use[]> {
  try {
    const client = await services.connect('if-used', signal);
    return rowsOf(await client.usage(signal));
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_SERVER_UNREACHABLE') return [];
    throw error;
  }
}

function rowsOf(use: DiskUse): readonly Use[] {
  return (Object.keys(serverParts) as (keyof DiskUse)[]).map((part) => ({
    what: serverParts[part],
    bytes: use[part],
  }));
}
