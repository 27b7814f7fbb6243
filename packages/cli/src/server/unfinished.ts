import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Folders } from '../folders.ts';

/**
 * Brings back a server that was killed with work to do. The server keeps a file `unfinished` while it
 * has tasks that have not ended; its absence is the usual case and costs one look at the disk.
 */
export async function reviveUnfinished(folders: Folders): Promise<void> {
  if (process.env['PREFISH_TASK'] || !existsSync(join(folders.data, 'server', 'unfinished'))) return;
  const { reviveServer } = await import('./revive.ts');
  await reviveServer(folders);
}
