import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isPrefishError, objectIdPattern, PrefishError } from '@prefish/protocol';
import { isolated } from '../outbox/push-snapshot.ts';
import type { GitRemote } from '../server.ts';
import type { Shadow } from '../snapshot/shadow.ts';
import { leavingRoom } from './leaving-room.ts';

/** Nothing is noted but the objects. */
const quietly = [
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
  '--no-recurse-submodules',
];

/** A connection on which nothing comes for a minute is given up. */
const patience = ['-c', 'http.lowSpeedLimit=1', '-c', 'http.lowSpeedTime=60'];

/**
 * Fetches the commit that came out of a task from the mirror that it is in, unless the shadow has it by now. What
 * was sent from here is not sent back.
 *
 * @throws PREFISH_SERVER_ANSWER for what names no commit; PREFISH_GIT_FAILED, PREFISH_NO_SPACE
 */
export async function fetchResult(
  shadow: Shadow,
  remote: GitRemote,
  { sent, result }: { readonly sent: string; readonly result: string },
  signal: AbortSignal,
): Promise<void> {
  for (const commit of [sent, result]) {
    if (!objectIdPattern.test(commit))
      throw new PrefishError('PREFISH_SERVER_ANSWER', 'The server names a commit that is none');
  }
  if (await has(result)) return;
  const fetch = async (tips: readonly string[]): Promise<void> => {
    const args = [...patience, 'fetch', ...quietly, ...tips, '--', remote.url, result];
    const run = (within: AbortSignal): Promise<unknown> =>
      shadow.git(args, { env: { ...isolated, ...remote.env }, signal: within, endsAll: true });
    await leavingRoom(shadow.folder, run, signal);
  };
  const tips = (await has(sent)) ? [`--negotiation-tip=${sent}`] : [];
  try {
    await fetch(tips);
  } catch (error) {
    if (isPrefishError(error) && error.code === 'PREFISH_NO_SPACE') await removeUnfinished();
    // The shadow may have the commit, and not all that belongs to it.
    if (tips.length === 0 || !isPrefishError(error) || error.code !== 'PREFISH_GIT_FAILED') throw error;
    await fetch([]);
  }

  /** What came of a pack until there was no more room for it, and what others fetch now: they ask again. */
  async function removeUnfinished(): Promise<void> {
    const packs = join(shadow.folder, 'objects', 'pack');
    const names = await readdir(packs).catch((): string[] => []);
    const unfinished = names.filter((name) => name.startsWith('tmp_pack_'));
    await Promise.all(unfinished.map((name) => rm(join(packs, name), { force: true })));
  }

  async function has(commit: string): Promise<boolean> {
    const walked = await shadow.git(['rev-list', '--objects', '--quiet', '-1', commit], {
      codes: [0, 1, 128],
      signal,
    });
    return walked.code === 0;
  }
}
