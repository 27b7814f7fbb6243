import type { TeleportOptions } from './options.ts';

/** How many lines are kept here for a server, by its URL. What that takes is loaded when it is asked for. */
export async function keptFor(folders: TeleportOptions['folders'], url: string): Promise<number> {
  const { countKept } = await import('./outbox/count-kept.ts');
  return countKept(folders, url);
}
