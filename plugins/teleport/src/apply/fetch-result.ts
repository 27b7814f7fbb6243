import { isPrefishError, objectIdPattern, PrefishError } from '@prefish/protocol';
import { isolated } from '../outbox/push-snapshot.ts';
import type { GitRemote } from '../server.ts';
import type { Shadow } from '../snapshot/shadow.ts';

/** Nothing is noted but the objects. */
const quietly = [
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
  '--no-recurse-submodules',
];

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
    await shadow.git(['fetch', ...quietly, ...tips, '--', remote.url, result], {
      env: { ...isolated, ...remote.env },
      signal,
    });
  };
  const tips = (await has(sent)) ? [`--negotiation-tip=${sent}`] : [];
  try {
    await fetch(tips);
  } catch (error) {
    // The shadow may have the commit, and not all that belongs to it.
    if (tips.length === 0 || !isPrefishError(error) || error.code !== 'PREFISH_GIT_FAILED') throw error;
    await fetch([]);
  }

  async function has(commit: string): Promise<boolean> {
    const walked = await shadow.git(['rev-list', '--objects', '--quiet', '-1', commit], {
      codes: [0, 1, 128],
      signal,
    });
    return walked.code === 0;
  }
}
