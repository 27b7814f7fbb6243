import { join } from 'node:path';
import { diskUse } from '@prefish/durable';
import type { DiskUse } from '@prefish/protocol';
import { sharedBytes } from '../repositories/shared-bytes.ts';
import { mirrorsBelow } from '../repositories/tidy-mirrors.ts';

/** What takes room in the folder of a server, whether it runs or not. What is linked counts where it came from. */
export async function folderUse(folder: string, signal?: AbortSignal): Promise<DiskUse> {
  const of = (...names: string[]): Promise<number> =>
    diskUse(
      names.map((name) => join(folder, name)),
      signal,
    );
  const mirrors = mirrorsBelow(join(folder, 'repositories'));
  const [database, repositories, shared, caches, kept, workspaces] = await Promise.all([
    of('tasks.db', 'tasks.db-wal', 'tasks.db-shm'),
    of('repositories'),
    mirrors.then(sharedBytes),
    of('bases', 'dependencies'),
    of('kept'),
    of('work', 'farms', 'aside'),
  ]);
  return { database, repositories: Math.max(0, repositories - shared), caches, kept, workspaces };
}
