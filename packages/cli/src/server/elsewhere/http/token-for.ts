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
  throw loginRequired(url, `There is no token for ${url}`);
}

/** What a server says to whoever it does not know, with what to do about it. */
export function loginRequired(url: string, message: string): PrefishError {
  return new PrefishError('PREFISH_LOGIN_REQUIRED', message, {
    hint: `prefish login ${url} takes a code; whoever runs the server makes one: prefish users add NAME`,
  });
}
