import { statfs } from 'node:fs/promises';
import { PrefishError } from '@prefish/protocol';

/** What stays free of a disk that is written from afar, in bytes; of one that has little left, the half of that. */
const spareBytes = 256 * 2 ** 20;
const lookEveryMs = 200;

/**
 * Runs what writes as much to the disk of `folder` as another machine sends, and stops it before the disk is full:
 * git has no bound for what it fetches.
 *
 * @throws PREFISH_NO_SPACE
 */
export async function leavingRoom<T>(
  folder: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const full = new AbortController();
  const spare = Math.min(spareBytes, ((await freeBytes(folder)) ?? Infinity) / 2);
  const looking = setInterval(() => {
    void freeBytes(folder).then((free) => {
      if (free !== undefined && free < spare) full.abort(noSpace(folder));
    });
  }, lookEveryMs).unref();
  try {
    return await work(AbortSignal.any([signal, full.signal]));
  } catch (error) {
    throw full.signal.aborted ? full.signal.reason : error;
  } finally {
    clearInterval(looking);
  }
}

async function freeBytes(folder: string): Promise<number | undefined> {
  const disk = await statfs(folder).catch(() => undefined);
  return disk && disk.bavail * disk.bsize;
}

function noSpace(folder: string): PrefishError {
  return new PrefishError(
    'PREFISH_NO_SPACE',
    `The server sends more than the disk of ${folder} has room for`,
    {
      hint: 'prefish clean frees what nobody needs; nothing was applied.',
    },
  );
}
