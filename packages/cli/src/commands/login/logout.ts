import type { Outcome, RunContext } from '@prefish/core';
import { errorMessage, PrefishError } from '@prefish/protocol';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import type { Folders } from '../../folders.ts';
import { forgetServer, readKnownServers } from '../../server/elsewhere/known-servers.ts';
import { isHere, parseServer } from '../../server/elsewhere/server-url.ts';

/**
 * Revokes the token for a server, and forgets both. A token that cannot be revoked now is forgotten all the same, and
 * that is said.
 *
 * @throws PREFISH_USAGE
 */
export async function logout(
  folders: Folders,
  server: string | undefined,
  { signal, out }: Pick<RunContext, 'signal' | 'out'>,
): Promise<Outcome> {
  if (server !== undefined && isHere(server)) {
    throw new PrefishError('PREFISH_USAGE', 'This machine has no login to end', { hint: 'prefish whoami' });
  }
  const known = readKnownServers(folders);
  const address = parseServer(server ?? theOnly(known.map(({ url }) => url)));
  const { url, place } = address;
  const entry = known.find((each) => each.url === url);
  if (entry === undefined) {
    throw new PrefishError('PREFISH_USAGE', `You are not logged in to ${url}`, { hint: 'prefish whoami' });
  }
  let revoked = false;
  if (entry.token !== undefined) {
    try {
      const client = new ServerClient(createHttpTransport({ origin: url, token: entry.token }));
      await client.revokeToken('current', signal);
      revoked = true;
    } catch (error) {
      signal.throwIfAborted();
      out.warn(
        'PREFISH_SERVER_UNREACHABLE',
        `The token was forgotten here, and not revoked: ${errorMessage(error)}`,
        `Beside the server: prefish users revoke ${entry.account ?? 'NAME'}`,
      );
    }
  }
  if (address.kind === 'ssh') {
    const { closeSsh } = await import('../../server/elsewhere/ssh/close-ssh.ts');
    await closeSsh(folders, address, signal);
  }
  await forgetServer(folders, url);
  return { type: 'ok', message: `Logged out of ${place}.`, data: { url, revoked } };
}

function theOnly(urls: readonly string[]): string {
  const [first, second] = urls;
  if (first !== undefined && second === undefined) return first;
  throw new PrefishError(
    'PREFISH_USAGE',
    first === undefined ? 'You are logged in nowhere' : 'Which server?',
    first === undefined ? {} : { hint: urls.map((url) => `prefish logout ${url}`).join(', ') },
  );
}
