import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EndedTask, Store } from '../store/store.ts';
import { diskUse } from '@prefish/durable';

/** How long tasks that have ended are kept. */
export interface Retention {
  /** Days after their end. */
  readonly days: number;
  /** What the transcripts and kept files of one owner may take together, in bytes; the first to end go first. */
  readonly bytes: number;
}

/** Long enough that nobody misses a result, and bounded. */
export const defaultRetention: Retention = { days: 90, bytes: 20 * 1024 ** 3 };

const dayMs = 24 * 3600 * 1000;

/** The ended tasks that are beyond the retention at a time, in milliseconds since 1970. */
export async function expiredTasks(
  store: Store,
  folder: string,
  { days, bytes }: Retention,
  now: number,
): Promise<readonly EndedTask[]> {
  const before = new Date(now - days * dayMs).toISOString();
  const ended = await store.ended({ limit: Number.MAX_SAFE_INTEGER });
  const kept = await keptBytes(folder);
  const sizeOf = ({ id, transcript }: EndedTask): number => transcript + (kept.get(id) ?? 0);
  // By owner: nobody's tasks make room for those of another one.
  const taken = new Map<string, number>();
  const add = ({ owner }: EndedTask, size: number): void =>
    void taken.set(owner, (taken.get(owner) ?? 0) + size);
  for (const task of ended) add(task, sizeOf(task));
  return ended.filter((task) => {
    const expired = task.endedAt < before || taken.get(task.owner)! > bytes;
    if (expired) add(task, -sizeOf(task));
    return expired;
  });
}

/** What the kept files of each task take. */
async function keptBytes(folder: string): Promise<ReadonlyMap<string, number>> {
  const parent = join(folder, 'kept');
  const ids = await readdir(parent).catch(() => []);
  const sizes = new Map<string, number>();
  for (const id of ids) sizes.set(id, await diskUse([join(parent, id)]));
  return sizes;
}
