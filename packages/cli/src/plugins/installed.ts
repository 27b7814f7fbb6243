import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folders } from '../folders.ts';

/** A plugin that `prefish plugins add` has installed, and that every prefish of this user loads. */
export interface InstalledPlugin {
  /** The name of its package, to be resolved from `file`. */
  readonly name: string;
  /** The manifest that asks for it: absolute. Its `node_modules` lies beside it. */
  readonly file: string;
  /** What is installed of it, as npm has it: a range, or `file:` and a packed copy. */
  readonly spec: string;
}

/** The manifest of what is installed: its `dependencies` are the plugins that are enabled. */
export interface InstalledManifest {
  readonly private: true;
  readonly dependencies: Readonly<Record<string, string>>;
  /** Where the packed copies were made from: the absolute path of a folder, of a tarball, or a URL. */
  readonly origins?: Readonly<Record<string, string>>;
}

/** Where `prefish plugins add` installs: a link to the state that counts. Absent until something is added. */
export function pluginsFolder(folders: Pick<Folders, 'data' | 'plugins'>): string {
  return folders.plugins ?? join(folders.data, 'plugins');
}

/**
 * The plugins that are installed; none where nothing ever was. Reads one small file.
 *
 * @throws what reading or parsing the manifest throws, except for its absence
 */
export async function installedPlugins(
  folders: Pick<Folders, 'data' | 'plugins'>,
): Promise<readonly InstalledPlugin[]> {
  const file = join(pluginsFolder(folders), 'package.json');
  const { dependencies = {} } = await readManifest(file);
  return Object.entries(dependencies).map(([name, spec]) => ({ name, file, spec }));
}

/** The manifest at `file`; an empty one where there is none. */
export async function readManifest(file: string): Promise<InstalledManifest> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as InstalledManifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { private: true, dependencies: {} };
  }
}
