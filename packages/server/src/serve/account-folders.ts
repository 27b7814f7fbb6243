import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mirrorsOf } from '../repositories/mirrors.ts';
import { dependenciesOf } from '../worker/setup/dependencies.ts';
import { basesOf } from '../worker/tree/bases.ts';

/**
 * Where an account has something on the disk of a server: its repositories, what is kept to begin its tasks quickly,
 * and what its tasks kept. `ownedBy` says which ids are those of its tasks.
 */
export async function accountFolders(
  folder: string,
  account: string,
  ownedBy: (ids: readonly string[]) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const mirrors = mirrorsOf(folder, account);
  const kept = join(folder, 'kept');
  const own = await ownedBy(await readdir(kept).catch(() => []));
  return [
    mirrors,
    dependenciesOf(folder, account),
    ...(await basesOf(folder, mirrors)),
    ...own.map((id) => join(kept, id)),
  ];
}
