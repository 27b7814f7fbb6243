import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outbox } from './outbox.ts';

/** What is younger may be somebody's who writes it now, in milliseconds. */
const leastAgeMs = 60_000;

/**
 * Removes what processes that were killed left in the folder of an outbox: entries that are half-written, which
 * may hold credentials, what was noted of uploads, and the locks of entries that are gone.
 */
export async function sweepOutbox(folder: string, outbox: Pick<Outbox, 'hold' | 'read'>): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    if (name.endsWith('.json') || !(await isOld(join(folder, name)))) continue;
    if (name.endsWith('.tmp') || name.endsWith('.upload')) await rm(join(folder, name), { force: true });
    const [, id] = /^(\w+)\.lock$/.exec(name) ?? [];
    if (id !== undefined && !names.includes(`${id}.json`)) await removeLock(folder, id, outbox);
  }
}

/** Ids are never used again: nobody waits for the lock of one whose entry is gone. */
async function removeLock(folder: string, id: string, outbox: Pick<Outbox, 'hold' | 'read'>): Promise<void> {
  const remove = async (): Promise<void> => {
    if ((await outbox.read(id)) !== undefined) return;
    for (const end of ['lock', 'lock-journal']) await rm(join(folder, `${id}.${end}`), { force: true });
  };
  await outbox.hold(id, remove, { timeoutMs: 100 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ELOCKED') throw error;
  });
}

async function isOld(path: string): Promise<boolean> {
  const { mtimeMs } = (await stat(path).catch(() => undefined)) ?? { mtimeMs: Infinity };
  return Date.now() - mtimeMs > leastAgeMs;
}
