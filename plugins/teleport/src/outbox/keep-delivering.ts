import { setTimeout as delay } from 'node:timers/promises';
import type { TeleportOptions } from '../options.ts';
import { here } from '../server.ts';
import { createServices, type Services } from '../services.ts';
import { deliverOutbox } from '../source/server-tasks.ts';
import { waitsFor } from './deliver.ts';
import { asOnlyDelivery } from './only-delivery.ts';
import type { OutboxEntry } from './outbox.ts';
import { Pauses } from './pauses.ts';
import { waitsForUser } from './trouble.ts';
import { refuseWithoutServer, serverOfEntry } from './without-server.ts';

/** For how long a server is tried by itself, in milliseconds in which the machine is awake. */
const patienceMs = 24 * 3600_000;
/** How often it is seen whether something new waits, in milliseconds. */
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
  const left = new Set<string>();
  const isToGo = (entry: OutboxEntry): boolean => {
    const server = left.has(entry.request.id) ? undefined : serverOfEntry(services, entry);
    return server !== undefined && waitsFor(entry, server);
  };
  const deliver = (): Promise<void> => deliverToAll(services, { isToGo, left }, signal);
  await refuseWithoutServer(services);
  do {
    if (!(await asOnlyDelivery(options.folders, deliver, signal))) return;
    // Whoever wrote one down at the last moment left it to this process.
  } while ((await services.outbox.list()).some(isToGo));
}

/** What a process has to deliver, and what of that it leaves to the user. */
interface ToGo {
  readonly isToGo: (entry: OutboxEntry) => boolean;
  /** The ids. */
  readonly left: Set<string>;
}

async function deliverToAll(services: Services, { isToGo, left }: ToGo, signal: AbortSignal): Promise<void> {
  const running = new Map<string, Promise<void>>();
  do {
    for (const { server: id = here } of (await services.outbox.list()).filter(isToGo)) {
      if (running.has(id)) continue;
      const delivered = deliverTo(services.at(services.serverOf(id)), left, signal);
      running.set(
        id,
        delivered.finally(() => running.delete(id)),
      );
    }
    await Promise.race([...running.values(), delay(lookMs, undefined, { signal })]);
  } while (running.size > 0);
}

/** Resolves once nothing waits for a server any more, or only what is left to the user. */
async function deliverTo(services: Services, left: Set<string>, signal: AbortSignal): Promise<void> {
  const { outbox, server } = services;
  const pauses = new Pauses();
  const since = performance.now();
  const waiting = async (): Promise<string[]> =>
    (await outbox.list())
      .filter((entry) => !left.has(entry.request.id) && waitsFor(entry, server))
      .map(({ request }) => request.id);
  for (;;) {
    const failed = await deliverOutbox(services, true, signal);
    const isLate = performance.now() - since > patienceMs;
    for (const { entry, error } of failed) if (isLate || waitsForUser(error)) left.add(entry.request.id);
    const ids = await waiting();
    if (ids.length === 0) return;
    const end =
      performance.now() +
      pauses.after(
        ids,
        failed.map(({ error }) => error),
      );
    do await delay(Math.min(end - performance.now(), lookMs), undefined, { signal });
    while (performance.now() < end && !pauses.hasNew(await waiting()));
  }
}
