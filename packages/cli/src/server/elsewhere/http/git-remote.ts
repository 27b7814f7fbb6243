import type { GitRemote } from '@prefish/plugin-teleport';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../../../folders.ts';
import type { ServerAddress } from '../server-url.ts';
import { trustedCertificates } from './trusted-certificates.ts';
import { tokenFor } from './token-for.ts';

/**
 * What git needs to reach a mirror over HTTP: the token in a variable of its environment, which no list of
 * processes shows, and only for the origin of the server, whatever the mirror's URL is said to be.
 *
 * @throws PREFISH_LOGIN_REQUIRED; PREFISH_SERVER_REFUSED for a mirror at another origin
 */
export async function gitRemote(
  folders: Folders,
  { url, place }: ServerAddress,
  given: string | undefined,
  remote: string,
): Promise<GitRemote> {
  const mirror = URL.canParse(remote, url) ? new URL(remote, url) : undefined;
  if (mirror === undefined || mirror.origin !== url) {
    throw new PrefishError('PREFISH_SERVER_REFUSED', `${place} keeps its repositories at ${remote}`, {
      hint: 'A token is shown to the server that gave it, and to no other: is its public URL configured right?',
    });
  }
  const certificates = await trustedCertificates(folders);
  const settings = {
    [`http.${url}/.extraHeader`]: `Authorization: Bearer ${tokenFor(folders, url, given)}`,
    'http.followRedirects': 'false',
    'credential.helper': '',
    ...(certificates === undefined ? {} : { 'http.sslCAInfo': certificates }),
  };
  return { url: mirror.href, env: gitVariables(settings) };
}

/** Settings of git as variables: https://git-scm.com/docs/git-config#ENVIRONMENT */
function gitVariables(settings: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(settings);
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(entries.length)],
    ...entries.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);
}
