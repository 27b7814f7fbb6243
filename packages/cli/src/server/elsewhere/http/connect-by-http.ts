import type { StartMode } from '@prefish/plugin-teleport';
import { isPrefishError, PrefishError, protocolVersion, type Task } from '@prefish/protocol';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import type { Folders } from '../../../folders.ts';
import { isAwayLately, noteAway, noteBack } from '../away.ts';
import { otherVersion } from '../other-version.ts';
import type { ServerAddress } from '../server-url.ts';
import { notTaken, tokenFor } from './token-for.ts';

/** How long a server may take to answer, in milliseconds. */
const answerDeadlineMs = 15_000;

/**
 * Connects to a server at an origin, with the token that was kept for it.
 *
 * @throws PREFISH_LOGIN_REQUIRED, PREFISH_SERVER_CERTIFICATE, PREFISH_SERVER_UNREACHABLE, PREFISH_SERVER_VERSION
 */
export async function connectByHttp(
  folders: Folders,
  { url, place }: ServerAddress,
  given: string | undefined,
  { start }: { readonly start: StartMode },
  seen: (task: Task) => Task,
  signal: AbortSignal,
): Promise<ServerClient> {
  if (start === 'if-used' && (await isAwayLately(folders, url))) {
    throw new PrefishError('PREFISH_SERVER_UNREACHABLE', `${place} did not answer a moment ago`);
  }
  const token = tokenFor(folders, url, given);
  const client = new ServerClient(createHttpTransport({ origin: url, token }), seen);
  const began = performance.now();
  const deadline = AbortSignal.timeout(answerDeadlineMs);
  try {
    const info = await client.info(AbortSignal.any([signal, deadline]));
    await noteBack(folders, url);
    if (info.protocol !== protocolVersion) throw otherVersion(place, info);
  } catch (error) {
    if (signal.aborted) await noteAway(folders, url, began, 'givenUp');
    signal.throwIfAborted();
    const isLate = deadline.aborted;
    if (isLate || (isPrefishError(error) && error.code === 'PREFISH_SERVER_UNREACHABLE'))
      await noteAway(folders, url, began);
    if (isLate) throw new PrefishError('PREFISH_SERVER_UNREACHABLE', `${place} does not answer`);
    if (isPrefishError(error) && error.code === 'PREFISH_LOGIN_REQUIRED') throw notTaken(url, given);
    throw error;
  }
  return client;
}
