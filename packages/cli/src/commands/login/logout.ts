import type { Outcome, RunContext } from '@prefish/core';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import type { Folders } from '../../folders.ts';
import { forgetServer, readKnownServers, type KnownServer } from '../../server/elsewhere/known-servers.ts';
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
  const { revoked, unfinished } = await endLogin(entry, { signal, out });
  if (address.kind === 'ssh') {
    const { closeSsh } = await import('../../server/elsewhere/ssh/close-ssh.ts');
    await closeSsh(folders, address, signal);
  }
  await forgetServer(folders, url);
  const { keptFor } = await import('@prefish/plugin-teleport');
  const kept = await keptFor(folders, url);
  const left = [
    ...(unfinished === 0
      ? []
      : [
          `${counted(unfinished, 'unfinished task')} of ${entry.account ?? 'yours'} there: what runs, runs on.`,
        ]),
    ...(kept === 0
      ? []
      : [
          `${counted(kept, 'line')} kept here for it: prefish login ${url} as ${entry.account ?? 'before'} sends what waits, prefish tasks cancel ID drops it.`,
        ]),
  ];
  const message = [`Logged out of ${place}.`, ...left.map((line) => `  ${line}`)].join('\n');
  return { type: 'ok', message, data: { url, revoked } };
}

/** Ends a login on its server; says so where that cannot be done now. */
async function endLogin(
  { url, token, account = 'the account' }: KnownServer,
  { signal, out }: Pick<RunContext, 'signal' | 'out'>,
): Promise<{ readonly revoked: boolean; readonly unfinished: number }> {
  if (token === undefined) return { revoked: false, unfinished: 0 };
  const client = new ServerClient(createHttpTransport({ origin: url, token }));
  try {
    const { limits } = await client.account(signal);
    await client.revokeToken('current', signal);
    return { revoked: true, unfinished: limits.tasks.now };
  } catch (error) {
    signal.throwIfAborted();
    // It was ended before.
    if (isPrefishError(error) && error.code === 'PREFISH_LOGIN_REQUIRED')
      return { revoked: true, unfinished: 0 };
    out.warn(
      isPrefishError(error) ? error.code : 'PREFISH_SERVER_UNREACHABLE',
      `This machine forgets its login, and it is not ended there: ${errorMessage(error)}`,
      `Once it answers, prefish logins revoke --others ends it, from any other login of ${account}.`,
    );
    return { revoked: false, unfinished: 0 };
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
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
