import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxHome } from './sandbox-home.ts';

/** A PATH with what most lines need, and no bubblewrap. */
export async function withoutBubblewrap(home: Pick<SandboxHome, 'root'>): Promise<string> {
  const bin = join(home.root, 'bin');
  await mkdir(bin);
  for (const name of [
    'git',
    'bash',
    'sh',
    'env',
    'cat',
    'ls',
    'pwd',
    'sleep',
    'cp',
    'rm',
    'setsid',
    'echo',
  ]) {
    for (const folder of ['/usr/bin', '/bin'])
      await symlink(join(folder, name), join(bin, name)).catch(() => {});
  }
  await symlink(process.execPath, join(bin, 'node'));
  return bin;
}
