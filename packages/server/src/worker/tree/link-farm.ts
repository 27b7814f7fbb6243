import { execFile } from 'node:child_process';
import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { discard } from '../aside.ts';
import { canGoAlong, normalizePath } from '../carry.ts';
import { hasPlainParents } from '../plain-parents.ts';

const run = promisify(execFile);
const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/** Folders of the user's, each file of them by a second name. */
export interface LinkFarm {
  readonly folder: string;
  /** The paths that are wholly in it. */
  readonly paths: readonly string[];
  remove(): Promise<void>;
}

/** Where a farm is: `farms/<name>` in the server's folder. */
export interface FarmPlace {
  readonly server: string;
  readonly name: string;
}

/** The farm of nothing, which costs nothing. */
export const noFarm: LinkFarm = { folder: '', paths: [], remove: async () => {} };

/**
 * Links the files of folders below `from` into a folder, which is then laid under a task's tree: the user's files
 * are read there, and what the task writes is its own. Folders that cannot be linked (another disk, somebody else's
 * files) are left out. No path that leads through a symbolic link is followed.
 *
 * Nothing may ever be changed in the farm itself: its files are the user's.
 */
export async function makeLinkFarm(
  paths: readonly string[],
  from: string,
  { server, name }: FarmPlace,
  signal?: AbortSignal,
): Promise<LinkFarm> {
  const folder = join(server, 'farms', name);
  const remove = (): Promise<void> => discard(server, folder);
  await remove();
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { dev } = await stat(folder);
    const linked: string[] = [];
    for (const path of paths.map(normalizePath)) {
      const source = await lstat(join(from, path)).catch(() => undefined);
      if (source?.isDirectory() !== true || source.dev !== dev) continue;
      if (!canGoAlong(path) || !(await hasPlainParents(path, from))) continue;
      // Inside of one that is there already.
      if (linked.some((other) => path.startsWith(`${other}/`))) continue;
      if (await link(join(from, path), join(folder, path), signal)) linked.push(path);
      else await discard(server, join(folder, path));
    }
    return { folder, paths: linked, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function link(source: string, target: string, signal: AbortSignal | undefined): Promise<boolean> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await run('cp', ['-a', '-l', '-T', '--', source, target], { cwd: '/', env, ...(signal && { signal }) });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}
