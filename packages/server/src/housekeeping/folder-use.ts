import { join } from 'node:path';
import { diskUse } from '@prefish/durable';
import type { DiskUse } from '@prefish/protocol';

/** What takes room in the folder of a server, whether it runs or not. */
export async function folderUse(folder: string, signal?: AbortSignal): Promise<DiskUse> {
  const of = (...names: string[]): Promise<number> =>
    diskUse(
      names.map((name) => join(folder, name)),
      signal,
    );
  const [database, repositories, caches, kept, workspaces] = await Promise.all([
    of('tasks.db', 'tasks.db-wal', 'tasks.db-shm'),
    of('repositories'),
    of('bases', 'dependencies'),
    of('kept'),
    of('work'),
  ]);
  return { database, repositories, caches, kept, workspaces };
}
