import { setTimeout as delay } from 'node:timers/promises';
import type { TeleportOptions } from '../options.ts';
import { here } from '../server.ts';
import { createServices, type Services } from '../services.ts';
import { deliverOutbox } from '../source/server-tasks.ts';
import { isWaiting, waitsFor } from './deliver.ts';
import { asOnlyDelivery } from './only-delivery.ts';
import { holdsUpOthers, waitsForUser } from './trouble.ts';

/**
 * How long to wait before a server is tried again, in milliseconds: twice as long each time, up to a minute for one
 * that is away, which costs nothing to ask, and up to an hour where something else fails, which may be a large upload.
 */
const pauseMs = { first: 1000, away: 60_000, most: 3600_000 };
/** For how long a server is tried by itself, in milliseconds in which the machine is awake. */
const patienceMs = 24 * 3600_000;
/** How often it is seen whether something waits for one more server, in milliseconds. */
const lookMs = 2000;
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
  const seen = new Set<string>();
  const deliver = (): Promise<void> => deliverToAll(services, seen, signal);
  let isNew: boolean;
  do {
    if (!(await asOnlyDelivery(options.folders, deliver, signal))) return;
    // Whoever wrote it down at the last moment left it to this process.
    isNew = (await services.outbox.list()).some((entry) => isWaiting(entry) && !seen.has(entry.request.id));
  } while (isNew);
}

/** @param seen Where the ids go of what was seen to wait */
async function deliverToAll(services: Services, seen: Set<string>, signal: AbortSignal): Promise<void> {
  const begun = new Set<string>();
  const running = new Map<string, Promise<void>>();
  do {
    for (const { request, server: id = here } of (await services.outbox.list()).filter(isWaiting)) {
      seen.add(request.id);
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
