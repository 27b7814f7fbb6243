import type { TeleportOptions } from './options.ts';

/**
 * Removes what is kept here for lines that are long over, once a day however many call: old undo points, shadows and
 * snapshots. What waits to be delivered stays. For whoever has nothing else to do: nothing of it is loaded before.
 *
 * @returns how many bytes were freed; `undefined` where it was done within the day
 */
export async function tidyDaily(
  folders: TeleportOptions['folders'],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { tidyUnlessDone } = await import('./disk/tidy-unless-done.ts');
  return tidyUnlessDone(folders, env, signal);
}
