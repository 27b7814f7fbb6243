import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../../../folders.ts';
import { readKnownServers } from '../known-servers.ts';

/**
 * The token for a server: what the environment says, else what the login was given.
 *
 * @throws PREFISH_LOGIN_REQUIRED
 */
export function tokenFor(folders: Pick<Folders, 'data'>, url: string, given: string | undefined): string {
  const token = given ?? readKnownServers(folders).find((known) => known.url === url)?.token;
  if (token !== undefined) return token;
  throw loginRequired(url, `You are not logged in to ${url}`);
}

/** For a server that does not know who this is. */
function loginRequired(url: string, message: string): PrefishError {
  return new PrefishError('PREFISH_LOGIN_REQUIRED', message, {
    hint: loginHint(url),
  });
}

/** What to do where a server does not know who this is. */
function loginHint(url: string): string {
  return `prefish login ${url} takes a one-time code: ${whoMakesCodes}`;
}

/** Where a code to log in with comes from. */
export const whoMakesCodes =
  'ask whoever looks after that server for one (there: prefish users code NAME, or users add NAME for somebody new)';

/** For a server that does not take what it was shown. @param given A token of the environment, where that was it */
export function notTaken(url: string, given: string | undefined): PrefishError {
  if (given === undefined) return loginRequired(url, `Your login to ${url} was ended`);
  return new PrefishError(
    'PREFISH_LOGIN_REQUIRED',
    `${url} does not take the token in PREFISH_TOKEN: it was revoked, or is not one of that server`,
    { hint: `Set PREFISH_TOKEN to another, or unset it. ${loginHint(url)}` },
  );
}
