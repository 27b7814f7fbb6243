import { join } from 'node:path';
import type { TeleportOptions } from '../options.ts';
import { isFor } from './deliver.ts';
import { openOutbox } from './outbox.ts';

/** How many lines are kept here for a server, by its URL. */
export async function countKept(folders: TeleportOptions['folders'], url: string): Promise<number> {
  const entries = await openOutbox(join(folders.data, 'outbox')).list();
  return entries.filter((entry) => isFor(entry, { id: url })).length;
}
