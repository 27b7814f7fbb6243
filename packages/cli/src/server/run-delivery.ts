import { deliverKept } from '@prefish/plugin-teleport';
import type { Folders } from '../folders.ts';
import { createConnector } from './connector.ts';
import { serversElsewhere } from './elsewhere/servers-elsewhere.ts';

/** Delivers what waits in the outbox until nothing does, or this process is told to end; resolves with its exit code. */
export async function runDelivery(folders: Folders): Promise<number> {
  const ended = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ended.abort());
  const reach = {
    connect: createConnector(folders),
    elsewhere: serversElsewhere(folders, process.env['PREFISH_SERVER'] || undefined),
  };
  await deliverKept({ folders, ...reach }, ended.signal).catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  return 0;
}
