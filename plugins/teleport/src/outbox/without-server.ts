import type { Server } from '../server.ts';
import type { Services } from '../services.ts';
import { isWaiting } from './deliver.ts';
import type { OutboxEntry } from './outbox.ts';
import { refused } from './trouble.ts';

/** The server of an entry; `undefined` where what it names is none. */
export function serverOfEntry(
  { serverOf }: Pick<Services, 'serverOf'>,
  { server }: Pick<OutboxEntry, 'server'>,
): Server | undefined {
  try {
    return serverOf(server);
  } catch {
    return undefined;
  }
}

/** Marks what waits for no server with the reason: it is listed with that, and holds up nothing. */
export async function refuseWithoutServer({
  outbox,
  serverOf,
}: Pick<Services, 'outbox' | 'serverOf'>): Promise<void> {
  for (const entry of (await outbox.list()).filter(isWaiting)) {
    try {
      serverOf(entry.server);
    } catch (error) {
      await outbox.write(refused(entry, error));
    }
  }
}
