import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** What was written below a folder. */
export interface Written {
  readonly bytes: number;
  /** Files, folders, links and whatever else there is. */
  readonly files: number;
}

/**
 * How many files below a folder were written since `since` (milliseconds since 1970), and how many bytes of disk
 * they take. What was there before costs nothing, holes in files neither; a file with several names counts once.
 * What the kernel notes of a change (ctime, inode(7)) cannot be set by whoever made it.
 *
 * @returns `undefined` where the system's `find` cannot tell
 */
export async function written(folder: string, since: number): Promise<Written | undefined> {
  const rules = ['-xdev', '-newerct', `@${since / 1000}`, '-printf', '%y %n %i %b\\n'];
  const child = spawn('find', [folder, ...rules], {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let ended = false;
  const closed = new Promise<void>((resolve) => {
    child
      .once('error', () => resolve())
      .once('close', (code) => {
        // 1: something was gone or closed to us by the time it was looked at.
        ended = code === 0 || code === 1;
        resolve();
      });
  });
  const linked = new Set<string>();
  let [blocks, lines, files] = [0, 0, 0];
  for await (const line of createInterface({ input: child.stdout })) {
    const [type, links, inode = '', size] = line.split(' ');
    lines += 1;
    if (type !== 'd' && links !== '1') {
      if (linked.has(inode)) continue;
      linked.add(inode);
    }
    files += 1;
    blocks += Number(size);
  }
  await closed;
  return ended || lines > 0 ? { bytes: 512 * blocks, files } : undefined;
}

/**
 * How many bytes of disk the files take that processes hold open and that have no name any more: no look at
 * the folder finds them. Files of memory are none of them.
 *
 * @param root where the processes see the workspace, which may be a file system of its own
 */
export async function namelessBytes(
  folder: string,
  processes: readonly number[],
  root: string,
): Promise<number> {
  const disks = new Set([await deviceOf(folder)]);
  const seen = new Set<string>();
  let blocks = 0;
  for (const pid of processes) {
    if (disks.size < 2) disks.add(await deviceOf(`/proc/${pid}/root${root}`));
    const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of open) {
      const file = await stat(`/proc/${pid}/fd/${descriptor}`).catch(() => undefined);
      if (file?.nlink !== 0 || !file.isFile() || !disks.has(file.dev)) continue;
      const id = `${file.dev} ${file.ino}`;
      if (!seen.has(id)) blocks += file.blocks;
      seen.add(id);
    }
  }
  return 512 * blocks;
}

async function deviceOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.dev;
}
