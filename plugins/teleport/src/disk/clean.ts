import type { Outcome, RunContext } from '@prefish/core';
import { diskUse, withLock } from '@prefish/durable';
import { isPrefishError, type Cleaned } from '@prefish/protocol';
import { readdir } from 'node:fs/promises';
import { journalFolder, readJournal, removeJournal, treeLock } from '../apply/journal.ts';
import type { Services } from '../services.ts';
import { formatBytes } from '../snapshot/describe-snapshot.ts';
import { tidyShadows } from './shadows.ts';

/** How long an apply can be taken back, in milliseconds. */
const undoMs = 30 * 24 * 3600_000;

/**
 * `prefish clean`: removes what nobody needs any more, on the server of this machine and here. Results, kept files
 * and what waits to be delivered stay. `{ dryRun, freed, tasks, undoPoints }`.
 */
export async function clean(
  services: Services,
  { dryRun }: { readonly dryRun: boolean },
  { env, signal }: RunContext,
): Promise<Outcome> {
  const server = await cleanServer(services, dryRun, signal);
  const undo = await cleanUndoPoints(services.undoFolder, dryRun, signal);
  const waiting = await services.outbox.list();
  const shadows = await tidyShadows({
    git: await services.git(env),
    cache: services.folders.cache,
    needed: new Set(waiting.map(({ shadow }) => shadow)),
    dryRun,
    signal,
  });
  const freed = server.freed + undo.freed + shadows;
  const forgotten = [
    ...(server.tasks > 0 ? [`${counted(server.tasks, 'task')} that ended long ago`] : []),
    ...(undo.points > 0 ? [`${counted(undo.points, 'undo point')} older than 30 days`] : []),
  ];
  const what = forgotten.length === 0 ? '' : `, with ${forgotten.join(' and ')}`;
  const message = dryRun
    ? `${formatBytes(freed)} would be freed${what}; nothing was removed: --dry-run`
    : `${formatBytes(freed)} freed${what}`;
  return { type: 'ok', message, data: { dryRun, freed, tasks: server.tasks, undoPoints: undo.points } };
}

async function cleanServer(services: Services, dryRun: boolean, signal: AbortSignal): Promise<Cleaned> {
  try {
    const client = await services.connect('if-used', signal);
    return await client.clean({ dryRun }, signal);
  } catch (error) {
    if (!isPrefishError(error) || error.code !== 'PREFISH_SERVER_UNREACHABLE') throw error;
    return { tasks: 0, freed: 0 };
  }
}

async function cleanUndoPoints(
  undoFolder: string,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<{ readonly points: number; readonly freed: number }> {
  let [points, freed] = [0, 0];
  for (const id of await readdir(undoFolder).catch((): string[] => [])) {
    signal.throwIfAborted();
    const journal = await readJournal(undoFolder, id).catch(() => undefined);
    if (journal?.state !== 'applied' || Date.now() - Date.parse(journal.createdAt) < undoMs) continue;
    points += 1;
    freed += await diskUse([journalFolder(undoFolder, id)], signal);
    if (!dryRun) await withLock(treeLock(undoFolder, journal.key), () => removeJournal(undoFolder, id));
  }
  return { points, freed };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
