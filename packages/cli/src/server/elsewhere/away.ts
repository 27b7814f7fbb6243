import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@prefish/durable';
import type { Folders } from '../../folders.ts';

/** How long a server that did not answer is left alone by what can do without it, in milliseconds. */
const patienceMs = 20_000;

/** Notes that a server does not answer, so that not every prefish waits for it anew. */
export async function noteAway(folders: Pick<Folders, 'state'>, url: string): Promise<void> {
  await writeDurably(fileOf(folders, url), '').catch(() => {});
}

/** How long a server may take before whoever gave up on it has learned something, in milliseconds. */
const slowMs = 3000;

/** Notes that a server does not answer, where whoever asked gave up on it after a while. */
export async function noteGivenUp(
  folders: Pick<Folders, 'state'>,
  url: string,
  since: number,
): Promise<void> {
  if (Date.now() - since >= slowMs) await noteAway(folders, url);
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
