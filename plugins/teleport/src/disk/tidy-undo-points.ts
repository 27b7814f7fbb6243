import { readdir } from 'node:fs/promises';
import { diskUse, withLock } from '@prefish/durable';
import { journalFolder, readJournal, removeJournal, treeLock } from '../apply/journal.ts';

/** How long an apply can be taken back, and how long at least, whatever it takes, in milliseconds. */
const [longest, shortest] = [30 * 24 * 3600_000, 24 * 3600_000];
/** What undo points take together, in bytes, before the oldest go. */
const usuallyMost = 2 * 2 ** 30;

/** How undo points are tidied. */
export interface TidyUndoPointsOptions {
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Default: 2 GiB. */
  readonly mostBytes?: number;
}

/** Removes undo points that are older than 30 days, and the oldest of more than 2 GiB, but none of the last day. */
export async function tidyUndoPoints(
  undoFolder: string,
  { dryRun, signal, mostBytes = usuallyMost }: TidyUndoPointsOptions,
): Promise<{ readonly points: number; readonly freed: number }> {
  let [points, freed, kept] = [0, 0, 0];
  for (const { id, key, ageMs } of await newestFirst(undoFolder)) {
    signal.throwIfAborted();
    const bytes = await diskUse([journalFolder(undoFolder, id)], signal);
    const isTooMuch = ageMs > shortest && kept + bytes > mostBytes;
    if (ageMs < longest && !isTooMuch) {
      kept += bytes;
      continue;
    }
    points += 1;
    freed += bytes;
    if (!dryRun) await withLock(treeLock(undoFolder, key), () => removeJournal(undoFolder, id), { signal });
  }
  return { points, freed };
}

/** Those that were carried out: what was interrupted is put in order by who comes next. */
async function newestFirst(
  undoFolder: string,
): Promise<readonly { readonly id: string; readonly key: string; readonly ageMs: number }[]> {
  const names = await readdir(undoFolder).catch((): string[] => []);
  const journals = await Promise.all(names.map((id) => readJournal(undoFolder, id).catch(() => undefined)));
  return journals
    .filter((journal) => journal !== undefined)
    .filter(({ state }) => state === 'applied')
    .map(({ id, key, createdAt }) => ({ id, key, ageMs: Date.now() - Date.parse(createdAt) }))
    .toSorted((one, other) => one.ageMs - other.ageMs);
}
