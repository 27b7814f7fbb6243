import { waitsFor } from '../outbox/deliver.ts';
import type { Outbox, OutboxEntry } from '../outbox/outbox.ts';
import { holdsUpOthers } from '../outbox/trouble.ts';
import type { Services } from '../services.ts';

/** How long a line that could go waits for those that were kept before it, in milliseconds. */
const patienceMs = 5000;

/**
 * Lets those go first that were kept for the server, as far as they go: one that cannot, for itself, holds up nobody.
 *
 * @throws why none of them can go, and so neither can what comes after them
 */
export async function afterKept(
  services: Services,
  { createdAt }: Pick<OutboxEntry, 'createdAt'>,
  signal: AbortSignal,
): Promise<void> {
  const { outbox, server } = services;
  const until = performance.now() + patienceMs;
  const isBefore = (kept: OutboxEntry): boolean =>
    kept.pinned === true && waitsFor(kept, server) && kept.createdAt < createdAt;
  for (;;) {
    const kept = (await outbox.list()).find(isBefore);
    if (kept === undefined) return;
    const { deliverOutbox } = await import('../source/server-tasks.ts');
    const failed = await deliverOutbox(services, true, signal);
    const stopped = failed.find(({ error }) => holdsUpOthers(error));
    if (stopped !== undefined) throw stopped.error;
    const { id } = kept.request;
    if (await isFreeWithin(1, outbox, id)) {
      if ((await outbox.read(id)) !== undefined) return;
    } else if (!(await isFreeWithin(until - performance.now(), outbox, id, signal))) return;
  }
}

/** Whether nobody delivers an entry, or has done with it so soon. */
async function isFreeWithin(
  timeoutMs: number,
  outbox: Pick<Outbox, 'hold'>,
  id: string,
  signal?: AbortSignal,
): Promise<boolean> {
  if (timeoutMs <= 0) return false;
  try {
    await outbox.hold(id, async () => {}, { timeoutMs: Math.ceil(timeoutMs), ...(signal ? { signal } : {}) });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    return false;
  }
}
