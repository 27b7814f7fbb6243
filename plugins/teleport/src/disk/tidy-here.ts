import type { Git } from '../git/git.ts';
import type { TeleportOptions } from '../options.ts';
import { join } from 'node:path';
import { openOutbox } from '../outbox/outbox.ts';
import { tidyShadows } from './shadows.ts';
import { tidyUndoPoints } from './tidy-undo-points.ts';

/** What tidying needs. */
export interface TidyHereOptions {
  readonly git: Git;
  readonly folders: TeleportOptions['folders'];
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** See {@link tidyShadows}. */
  readonly longestMs?: number;
}

/**
 * Removes what nobody needs any more of what is kept here, beside the server: old undo points, shadows and snapshots.
 * What waits to be delivered stays. Returns how many bytes that is.
 */
export async function tidyHere({
  git,
  folders: { cache, data },
  ...how
}: TidyHereOptions): Promise<{ readonly points: number; readonly freed: number }> {
  const undo = await tidyUndoPoints(join(data, 'undo'), how);
  const outbox = openOutbox(join(data, 'outbox'));
  const shadows = await tidyShadows({ git, cache, outbox, ...how });
  return { points: undo.points, freed: undo.freed + shadows };
}
