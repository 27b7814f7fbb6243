import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes what an earlier build left in `folder` and this one did not write. Not before the build:
 * a server that runs from the folder, and a task that has it mounted, would find it empty meanwhile,
 * and a build that fails would leave nothing.
 */
export async function removeStale(folder: string, written: readonly string[]): Promise<void> {
  const keep = new Set(written);
  const stale = (await readdir(folder)).filter((name) => !keep.has(name));
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true })));
}
