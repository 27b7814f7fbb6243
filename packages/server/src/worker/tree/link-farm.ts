import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
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
  folder: string,
  signal?: AbortSignal,
): Promise<LinkFarm> {
  await rm(folder, { recursive: true, force: true });
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
  }
  return { folder, paths: linked, remove: () => removeFarm(folder) };
}

async function link(source: string, target: string, signal: AbortSignal | undefined): Promise<boolean> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await run('cp', ['-a', '-l', '-T', '--', source, target], { cwd: '/', env, ...(signal && { signal }) });
    return true;
  } catch {
    signal?.throwIfAborted();
    await removeFarm(target);
    return false;
  }
}

/** Removes the farms that a killed server left. */
export async function removeLinkFarms(parent: string, which: (name: string) => boolean): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter(which)) await removeFarm(join(parent, name));
}

/** The folders of a farm are its own, and may be made writable; its files are not. */
async function removeFarm(folder: string): Promise<void> {
  const remove = (): Promise<unknown> => run('rm', ['-rf', '--', folder], { cwd: '/', env });
  await remove().catch(async () => {
    await run('find', [folder, '-type', 'd', '-exec', 'chmod', 'u+rwx', '{}', '+'], { cwd: '/', env }).catch(
      () => {},
    );
    await remove();
  });
}
