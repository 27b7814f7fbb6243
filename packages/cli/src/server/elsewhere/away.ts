import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@prefish/durable';
import type { Folders } from '../../folders.ts';

/** How long a server that did not answer is left alone by what can do without it, in milliseconds. */
const patienceMs = 20_000;

/** How long a server may take to be found away before others are kept from finding it too, in milliseconds. */
const slowMs = { failed: 1000, givenUp: 3000 };

/**
 * Notes that a server does not answer, so that not every prefish waits for it anew. One that is refused at once costs
 * nothing to ask again, and is there again as soon as it is.
 *
 * @param since when it was asked, as `performance.now()` says it
 * @param how whether that came to an end by itself, or whoever asked gave up
 */
export async function noteAway(
  folders: Pick<Folders, 'state'>,
  url: string,
  since: number,
  how: keyof typeof slowMs = 'failed',
): Promise<void> {
  if (performance.now() - since < slowMs[how]) return;
  await writeDurably(fileOf(folders, url), '').catch(() => {});
}

/** Notes that it answers again. */
export async function noteBack(folders: Pick<Folders, 'state'>, url: string): Promise<void> {
  await rm(fileOf(folders, url), { force: true });
}

/** Whether it did not answer a moment ago. */
export async function isAwayLately(folders: Pick<Folders, 'state'>, url: string): Promise<boolean> {
  const noted = await stat(fileOf(folders, url)).catch(() => undefined);
  return noted !== undefined && Math.abs(Date.now() - noted.mtimeMs) < patienceMs;
}

function fileOf({ state }: Pick<Folders, 'state'>, url: string): string {
  return join(state, 'away', createHash('sha256').update(url).digest('hex').slice(0, 16));
}
