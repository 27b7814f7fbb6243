import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filesOfPack, listObjects, listPacks, withLock } from '@prefish/durable';
import type { Git } from '../git/git.ts';
import { borrowObjects, type Shadow } from '../snapshot/shadow.ts';

/** Packs of less are not worth it, in bytes. */
const usuallyWorthwhile = 32 * 2 ** 20;
/**
 * A pack of more than a thousand objects is one that was packed anew, of everything. In bytes of its index
 * (gitformat-pack(5), version 2), which is not read for that: one of a million objects would hold up every line.
 */
const largestIndex = 1072 + 1000 * 28;
/** Where a shadow has the objects that are the mirror's too, in the folder of its own, which borrows them. */
const sharedFolder = 'objects/shared';

/**
 * Lets large files that were pushed to a mirror on the same disk take their room there once: git keeps them in packs of
 * their own in a shadow, and each in a file in the mirror. That file gets a second name in the shadow, and the pack
 * goes. Where it cannot be, all stays as it is.
 *
 * @param mirror The folder of the mirror's objects
 */
export async function shareWithMirror(
  git: Git,
  shadow: Pick<Shadow, 'folder' | 'lockPath'>,
  mirror: string,
  worthwhile: number = usuallyWorthwhile,
): Promise<void> {
  const objects = join(shadow.folder, 'objects');
  const isLarge = async (pack: string): Promise<boolean> => {
    const [content, index] = await Promise.all(
      ['pack', 'idx'].map((kind) => stat(join(objects, `${pack}.${kind}`))),
    );
    const isOfFew = index!.size <= largestIndex;
    return isOfFew && content!.size >= worthwhile && !existsSync(join(objects, `${pack}.keep`));
  };
  try {
    for (const pack of await listPacks(objects)) {
      if (!(await isLarge(pack))) continue;
      const share = (): Promise<void> => sharePack(git, shadow, pack, mirror);
      // While a snapshot is taken, the next push does it.
      await withLock(shadow.lockPath, share, { timeoutMs: 100 });
    }
  } catch {
    // It saves room, and nothing else.
  }
}

async function sharePack(
  git: Git,
  { folder }: Pick<Shadow, 'folder'>,
  pack: string,
  mirror: string,
): Promise<void> {
  const objects = join(folder, 'objects');
  const { stdout } = await git(['show-index'], { input: await readFile(join(objects, `${pack}.idx`)) });
  // `12 6b4978cc… (crc)`: git-show-index(1)
  const ids = Array.from(stdout.toString('latin1').matchAll(/^\d+ ([0-9a-f]{40})/gm), ([, id]) => id!);
  const shared = join(folder, sharedFolder);
  for (const id of ids) {
    const name = join(id.slice(0, 2), id.slice(2));
    await mkdir(join(shared, id.slice(0, 2)), { recursive: true, mode: 0o700 });
    await link(join(mirror, name), join(shared, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  await borrowObjects({ folder }, [shared]);
  // The index first: without it nobody takes it for a pack.
  for (const file of filesOfPack(pack).toReversed()) await rm(join(objects, file), { force: true });
}

/** What the mirror has no more becomes the shadow's own, which goes when nobody needs it. */
export async function takeOverUnshared(folder: string): Promise<void> {
  const shared = join(folder, sharedFolder);
  for (const name of (await listObjects(shared)).loose) {
    if ((await stat(join(shared, name))).nlink > 1) continue;
    const own = join(folder, 'objects', name);
    await mkdir(dirname(own), { recursive: true });
    await rename(join(shared, name), own);
  }
}

/** How much of what shadows take is a mirror's too, under a second name, and counted there; in bytes. */
export async function bytesOfMirrors(folders: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const shared of folders.map((folder) => join(folder, sharedFolder))) {
    for (const name of (await listObjects(shared)).loose) {
      const found = await stat(join(shared, name)).catch(() => undefined);
      if (found !== undefined && found.nlink > 1) bytes += found.blocks * 512;
    }
  }
  return bytes;
}
