import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOfPack, listObjects } from '@prefish/durable';
import { linkedFolder } from './linked-history.ts';

/** How much of what mirrors take is the user's own, under a second name, and costs nothing; in bytes. */
export async function sharedBytes(mirrors: readonly string[]): Promise<number> {
  const linked = new Map<number, { readonly found: Stats; readonly names: number }>();
  for (const folder of mirrors.map((gitDir) => join(gitDir, linkedFolder))) {
    const { loose, packs } = await listObjects(folder);
    for (const name of [...loose, ...packs.flatMap(filesOfPack)]) {
      const found = await lstat(join(folder, name)).catch(() => undefined);
      if (found === undefined) continue;
      const names = (linked.get(found.ino)?.names ?? 0) + 1;
      linked.set(found.ino, { found, names });
    }
  }
  // One that has no names but these is nobody else's.
  const shared = [...linked.values()].filter(({ found, names }) => found.nlink > names);
  return shared.reduce((sum, { found }) => sum + found.blocks * 512, 0);
}
