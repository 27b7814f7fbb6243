import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withLock } from '@prefish/durable';
import type { TeleportOptions } from '../options.ts';
import { createServices, type Services } from '../services.ts';
import { deliverOutbox } from '../source/server-tasks.ts';
import { holdsUpOthers, serversWaitedFor, waitsFor, waitsForUser } from './deliver.ts';

/**
 * How long to wait before a server is tried again, in milliseconds: twice as long each time, up to a minute for one
 * that is away, which costs nothing to ask, and up to an hour where something else fails, which may be a large upload.
 */
const pauseMs = { first: 1000, away: 60_000, most: 3600_000 };
/** For how long a server is tried by itself, in milliseconds in which the machine is awake. */
const patienceMs = 24 * 3600_000;
/** How often it is seen whether something waits for one more server, in milliseconds. */
const lookMs = 2000;
/** How long it may take whoever did this before to come to its end, in milliseconds. */
const handOverMs = 2000;

/**
 * Delivers what waits, to each server in its own time, until nothing waits that could go by itself. One process of a
 * user does so; where there is one, this resolves at once.
 */
export async function keepDelivering(
  options: Pick<TeleportOptions, 'folders' | 'connect' | 'elsewhere'>,
  signal: AbortSignal,
): Promise<void> {
  const silent = { warn() {}, notify() {}, status() {}, takesMessages: () => false };
  const services = createServices(options, signal, silent);
  const deliver = (): Promise<void> => deliverToAll(services, signal);
  const lock = join(options.folders.data, 'outbox.lock');
  await withLock(lock, deliver, { signal, timeoutMs: handOverMs }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ELOCKED') throw error;
  });
}

async function deliverToAll(services: Services, signal: AbortSignal): Promise<void> {
  const begun = new Set<string>();
  const running = new Map<string, Promise<void>>();
  do {
    for (const id of await serversWaitedFor(services.outbox)) {
      if (begun.has(id)) continue;
      begun.add(id);
      const delivered = deliverTo(services.at(services.serverOf(id)), signal);
      running.set(
        id,
        delivered.finally(() => running.delete(id)),
      );
    }
    await Promise.race([...running.values(), delay(lookMs, undefined, { signal })]);
  } while (running.size > 0);
}

/** Resolves once nothing waits for a server any more, or only what waits for the user. */
async function deliverTo(services: Services, signal: AbortSignal): Promise<void> {
  const { outbox, server } = services;
  const since = performance.now();
  for (let attempt = 0; performance.now() - since < patienceMs; attempt += 1) {
    const failed = await deliverOutbox(services, true, signal);
    const stuck = new Set(
      failed.filter(({ error }) => waitsForUser(error)).map(({ entry }) => entry.request.id),
    );
    const waiting = (await outbox.list()).filter((entry) => waitsFor(entry, server));
    if (waiting.every(({ request }) => stuck.has(request.id))) return;
    const most = failed.every(({ error }) => holdsUpOthers(error)) ? pauseMs.away : pauseMs.most;
    await delay(Math.min(pauseMs.first * 2 ** attempt, most), undefined, { signal });
  }
}
