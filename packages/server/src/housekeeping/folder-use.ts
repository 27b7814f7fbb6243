import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskUse } from '@prefish/durable';
import type { DiskUse } from '@prefish/protocol';
import { sharedBytes } from '../repositories/shared-bytes.ts';
import { mirrorsBelow } from '../repositories/tidy-mirrors.ts';

/** The folders of each part. Everything else is files beside the database, and counts with it. */
const parts = {
  repositories: ['repositories'],
  caches: ['bases', 'dependencies', 'workers'],
  kept: ['kept'],
  workspaces: ['work', 'farms', 'aside'],
} as const;

/** What takes room in the folder of a server, whether it runs or not. What is linked counts where it came from. */
export async function folderUse(folder: string, signal?: AbortSignal): Promise<DiskUse> {
  const of = (names: readonly string[]): Promise<number> =>
    diskUse(
      names.map((name) => join(folder, name)),
      signal,
    );
  const others = new Set<string>(Object.values(parts).flat());
  const mirrors = mirrorsBelow(join(folder, 'repositories'));
  const [database, repositories, shared, caches, kept, workspaces] = await Promise.all([
    readdir(folder).then((names) => of(names.filter((name) => !others.has(name)))),
    of(parts.repositories),
    mirrors.then(sharedBytes),
    of(parts.caches),
    of(parts.kept),
    of(parts.workspaces),
  ]);
  return { database, repositories: Math.max(0, repositories - shared), caches, kept, workspaces };
}
