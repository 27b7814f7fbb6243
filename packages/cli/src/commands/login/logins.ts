import type { Outcome, RunContext } from '@prefish/core';
import { PrefishError, errorMessage, isPrefishError, type AccessToken } from '@prefish/protocol';
import { sanitizeLabel } from '@prefish/screen';
import type { Folders } from '../../folders.ts';
import { serversElsewhere } from '../../server/elsewhere/servers-elsewhere.ts';
import { dateOf, timeOf } from '../shown-time.ts';
import { standings, type Standing } from './standings.ts';

/** A login to an account of the user, and the server that it is on. */
type ListedLogin = AccessToken & { readonly url: string };

/** The logins that are known, and the servers that could not be asked for theirs. */
interface FoundLogins {
  readonly logins: readonly ListedLogin[];
  readonly away: readonly Standing[];
}

/**
 * Lists what is logged in to the user's accounts on servers elsewhere, this machine among it. With ssh nobody is logged
 * in to prefish.
 */
export async function listLogins(
  folders: Folders,
  chosen: string | undefined,
  { signal, out }: Pick<RunContext, 'signal' | 'out'>,
): Promise<Outcome> {
  const { logins, away } = await findLogins(folders, chosen, signal);
  if (logins.length === 0 && away.length > 0) throw notAsked(away);
  warnAway(away, out);
  const urls = [...new Set(logins.map(({ url }) => url))];
  const rows = urls.flatMap((url) => [url, ...logins.filter((login) => login.url === url).map(describe)]);
  const message = rows.length === 0 ? 'There is no login to list.' : rows.join('\n');
  return { type: 'ok', message, data: { logins } };
}

/**
 * Ends another login by its id, or all others of an account. What it follows ends within a second; tasks that it
 * submitted run on.
 *
 * @throws PREFISH_USAGE; PREFISH_TOKEN_NOT_FOUND for an id that no login has; PREFISH_SERVER_UNREACHABLE where a login
 * may be left on a server that could not be asked
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
  const found = await findLogins(folders, chosen, signal);
  const wanted =
    asked.id === undefined ? found.logins.filter(({ current }) => !current) : [named(asked.id, found)];
  if (!asked.others) warnAway(found.away, out);
  const { open } = serversElsewhere(folders, chosen);
  const ended: ListedLogin[] = [];
  const failures: unknown[] = [];
  for (const login of wanted) {
    try {
      const client = await open(login.url).connect({ start: true }, signal);
      await client.revokeToken(login.id, signal);
      ended.push(login);
    } catch (error) {
      signal.throwIfAborted();
      if (!asked.others) throw error;
      // One that ended meanwhile is none to end.
      if (!isPrefishError(error) || error.code !== 'PREFISH_TOKEN_NOT_FOUND') failures.push(error);
    }
  }
  const which = ended.map(({ device, url }) => `${sanitizeLabel(device)} (${url})`).join(', ');
  const did = ended.length === 0 ? '' : `Ended the login of ${which}.`;
  if (failures.length > 0) throw notEnded(failures, did);
  if (asked.others && found.away.length > 0) throw notAsked(found.away, did);
  const message = did || 'There is no other login.';
  return { type: 'ok', message, data: { revoked: ended.map(({ id, url }) => ({ id, url })) } };
}

/** Why some logins may hold, and which do not any more. */
function notEnded(failures: readonly unknown[], did: string): PrefishError {
  const [first] = failures;
  const why = [...new Set(failures.map(errorMessage))].join('; ');
  const message = `${did} The others could not be ended: ${why}`.trim();
  if (!isPrefishError(first))
    return new PrefishError('PREFISH_SERVER_UNREACHABLE', message, { cause: first });
  return new PrefishError(first.code, message, { ...(first.hint && { hint: first.hint }), cause: first });
}

/** The logins of every account that can be asked. */
async function findLogins(
  folders: Folders,
  chosen: string | undefined,
  signal: AbortSignal,
): Promise<FoundLogins> {
  const servers = await standings(folders, chosen, signal);
  return {
    logins: servers.flatMap(({ url, tokens = [] }) => tokens.map((token) => ({ ...token, url }))),
    away: servers.filter(({ error }) => error !== undefined),
  };
}

function warnAway(away: readonly Standing[], out: RunContext['out']): void {
  for (const { error = '', code = 'PREFISH_SERVER_UNREACHABLE', hint } of away) out.warn(code, error, hint);
}

function notAsked(away: readonly Standing[], did = ''): PrefishError {
  const [{ code, hint } = {}] = away;
  const why = away.map(({ error = '' }) => error).join('; ');
  const message = `What is logged in there could not be asked: ${why}`;
  // Other logins than that of this machine hold whatever became of it.
  const isOver = code === 'PREFISH_LOGIN_REQUIRED';
  return new PrefishError(code ?? 'PREFISH_SERVER_UNREACHABLE', `${did} ${message}`.trim(), {
    hint: (isOver ? hint : undefined) ?? 'Try again once it answers: until then every login there holds.',
  });
}

/** @throws PREFISH_TOKEN_NOT_FOUND, PREFISH_SERVER_UNREACHABLE; PREFISH_USAGE for the one that asks */
function named(id: string, { logins, away }: FoundLogins): ListedLogin {
  const login = logins.find((each) => each.id === id);
  if (login === undefined && away.length > 0)
    throw notAsked(away, `No login that is known has the id ${id}.`);
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
