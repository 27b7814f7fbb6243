import type { Outcome, RunContext } from '@prefish/core';
import { PrefishError, type AccessToken } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import type { Folders } from '../../folders.ts';
import { serversElsewhere } from '../../server/elsewhere/servers-elsewhere.ts';
import { dateOf, timeOf } from '../shown-time.ts';
import { standings } from './standings.ts';

/** A login to an account of the user, and the server that it is on. */
type ListedLogin = AccessToken & { readonly url: string };

/**
 * Lists what is logged in to the user's accounts on servers elsewhere, this machine among it. With ssh nobody is logged
 * in to prefish.
 */
export async function listLogins(
  folders: Folders,
  chosen: string | undefined,
  { signal, out }: Pick<RunContext, 'signal' | 'out'>,
): Promise<Outcome> {
  const logins = await findLogins(folders, chosen, { signal, out });
  const urls = [...new Set(logins.map(({ url }) => url))];
  const rows = urls.flatMap((url) => [url, ...logins.filter((login) => login.url === url).map(describe)]);
  const message = rows.length === 0 ? 'There is no login to list.' : rows.join('\n');
  return { type: 'ok', message, data: { logins } };
}

/**
 * Ends another login by its id, or all others of an account. What it follows ends within a second; tasks that it
 * submitted run on.
 *
 * @throws PREFISH_USAGE; PREFISH_TOKEN_NOT_FOUND for an id that no login has
 */
export async function revokeLogins(
  folders: Folders,
  chosen: string | undefined,
  asked: { readonly id: string | undefined; readonly others: boolean },
  { signal, out }: Pick<RunContext, 'signal' | 'out'>,
): Promise<Outcome> {
  if ((asked.id === undefined) !== asked.others) {
    throw new PrefishError('PREFISH_USAGE', 'logins revoke takes the ID of a login, or --others', {
      hint: 'prefish logins lists them.',
    });
  }
  const logins = await findLogins(folders, chosen, { signal, out });
  const ended = asked.id === undefined ? logins.filter(({ current }) => !current) : [named(asked.id, logins)];
  const { open } = serversElsewhere(folders, chosen);
  for (const { url, id } of ended) {
    const client = await open(url).connect({ start: true }, signal);
    await client.revokeToken(id, signal);
  }
  const which = ended.map(({ device, url }) => `${sanitizeLabel(device)} (${url})`).join(', ');
  const message = ended.length === 0 ? 'There is no other login.' : `Ended the login of ${which}.`;
  return { type: 'ok', message, data: { revoked: ended.map(({ id, url }) => ({ id, url })) } };
}

/** The logins of every account that can be asked; what cannot be is said. */
async function findLogins(
  folders: Folders,
  chosen: string | undefined,
  { signal, out }: Pick<RunContext, 'signal' | 'out'>,
): Promise<readonly ListedLogin[]> {
  const servers = await standings(folders, chosen, signal);
  for (const { url, error, hint } of servers) {
    if (error !== undefined) out.warn('PREFISH_SERVER_UNREACHABLE', `${url}: ${error}`, hint);
  }
  return servers.flatMap(({ url, tokens = [] }) => tokens.map((token) => ({ ...token, url })));
}

/** @throws PREFISH_TOKEN_NOT_FOUND, PREFISH_USAGE for the one that asks */
function named(id: string, logins: readonly ListedLogin[]): ListedLogin {
  const login = logins.find((each) => each.id === id);
  if (login === undefined) {
    throw new PrefishError('PREFISH_TOKEN_NOT_FOUND', `No login has the id ${id}`, {
      hint: 'prefish logins lists them.',
    });
  }
  if (!login.current) return login;
  throw new PrefishError('PREFISH_USAGE', 'That is the login of this machine', {
    hint: `prefish logout ${login.url} ends it.`,
  });
}

function describe({ id, device, scope, current, createdAt, lastUsedAt }: ListedLogin): string {
  const what = [
    sanitizeLabel(device),
    ...(current ? ['this one'] : []),
    ...(scope === 'read' ? ['only looks'] : []),
    `since ${dateOf(createdAt)}`,
    `last used ${dateOf(lastUsedAt)} ${timeOf(lastUsedAt)}`,
  ];
  return `  ${id}  ${what.join(' · ')}`;
}
