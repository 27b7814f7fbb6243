import { constants, existsSync } from 'node:fs';
import { cp, mkdir, readdir, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { withLock } from '@prefish/durable';
import type { Folders } from '../folders.ts';
import { makeUsableFolder } from '../usable-folders.ts';
import { pluginsFolder, readManifest, type InstalledManifest } from './installed.ts';

/** A copy of what is installed, to be changed. It counts once it is put in the place of the other. */
export interface PluginSet {
  /** Absolute. Holds `package.json`, `node_modules`, and packed copies in `packed/`. */
  readonly folder: string;
  readonly manifest: InstalledManifest;
  write(manifest: InstalledManifest): Promise<void>;
}

const unfinished = '.unfinished';

/**
 * Changes what is installed: `change` works on a copy, which takes the place of what there is, in one
 * step, when it resolves with `keep`. Whatever else happens, everything stays as it was; what a killed
 * change has left goes with the next one. The set before stays on disk for prefish that run with it.
 *
 * @throws PREFISH_LOCKED while another change waits for its answer; PREFISH_PLUGIN_INSTALL; what `change` throws
 */
export async function changePlugins<T>(
  folders: Folders,
  signal: AbortSignal,
  change: (set: PluginSet) => Promise<{ readonly keep: boolean; readonly result: T }>,
): Promise<T> {
  makeUsableFolder(folders.data);
  const sets = join(folders.data, 'plugin-sets');
  const locked = async (): Promise<T> => {
    const current = await readlink(pluginsFolder(folders)).then(basename, () => undefined);
    await removeOldSets(sets, current);
    const name = `${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`;
    const folder = join(sets, `${name}${unfinished}`);
    try {
      const set = await openSet(folder, current === undefined ? undefined : join(sets, current));
      const { keep, result } = await change(set);
      signal.throwIfAborted();
      if (keep) await enable(folders, sets, name);
      return result;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  try {
    return await withLock(join(sets, 'lock'), locked, { signal, timeoutMs: 10_000 });
  } catch (cause) {
    signal.throwIfAborted();
    if (isPrefishError(cause)) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ELOCKED') {
      throw new PrefishError('PREFISH_LOCKED', 'Another prefish is changing the plugins', {
        cause,
        hint: 'It may wait for an answer in another terminal.',
      });
    }
    throw new PrefishError('PREFISH_PLUGIN_INSTALL', `The plugins were not changed: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

async function openSet(folder: string, from: string | undefined): Promise<PluginSet> {
  if (from !== undefined && existsSync(from))
    await cp(from, folder, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  await mkdir(join(folder, 'packed'), { recursive: true, mode: 0o700 });
  const file = join(folder, 'package.json');
  return {
    folder,
    manifest: await readManifest(file),
    write: (manifest) => writeFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`),
  };
}

/** A link is replaced in one step; a folder that holds something could not be. */
async function enable(folders: Folders, sets: string, name: string): Promise<void> {
  await removeUnused(join(sets, `${name}${unfinished}`));
  await rename(join(sets, `${name}${unfinished}`), join(sets, name));
  const link = join(sets, `${name}.link`);
  await symlink(join('plugin-sets', name), link);
  await rename(link, pluginsFolder(folders));
}

/** Removes packed copies that nothing refers to any more. */
async function removeUnused(folder: string): Promise<void> {
  const { dependencies } = await readManifest(join(folder, 'package.json'));
  const used = new Set(Object.values(dependencies).map((spec) => basename(spec)));
  for (const name of await readdir(join(folder, 'packed')))
    if (!used.has(name)) await rm(join(folder, 'packed', name));
}

/** Keeps the set that counts and the newest one besides it, which a running prefish may still load from. */
async function removeOldSets(sets: string, current: string | undefined): Promise<void> {
  const names = (await readdir(sets)).filter((name) => !name.startsWith('lock') && name !== current);
  const finished = names.filter((name) => !name.includes('.'));
  const ages = await Promise.all(
    finished.map(async (name) => ({ name, at: (await stat(join(sets, name))).mtimeMs })),
  );
  const newest = ages.sort((a, b) => b.at - a.at)[0]?.name;
  for (const name of names) if (name !== newest) await rm(join(sets, name), { recursive: true, force: true });
}
