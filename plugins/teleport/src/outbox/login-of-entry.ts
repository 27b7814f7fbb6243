import type { Server } from '../server.ts';
import type { OutboxEntry } from './outbox.ts';

/**
 * Whether the login to a server may send an entry that waits for it: a line of one account never becomes another's.
 * Where nobody is logged in it may, as nothing can be sent then.
 */
export function mayBeSentAs(
  { login: kept, createdAt }: Pick<OutboxEntry, 'login' | 'createdAt'>,
  server: Pick<Server, 'login'>,
): boolean {
  const login = server.login?.();
  if (login === undefined) return true;
  // An older prefish noted no login: it was this one if there was none since.
  return kept === undefined ? (login.since ?? '') <= createdAt : kept === login.name;
}

/**
 * Which login an entry waits for, which is not the one that there is now, as lists show it behind the state;
 * `undefined` where it waits for none.
 */
export function awaitedLogin(
  entry: Pick<OutboxEntry, 'login' | 'createdAt'>,
  server: Pick<Server, 'id' | 'login'>,
): string | undefined {
  if (server.login === undefined) return undefined;
  const login = server.login();
  const whose = entry.login === undefined ? '' : ` as ${entry.login}`;
  if (login === undefined) return `log in${whose} first: prefish login ${server.id}`;
  if (mayBeSentAs(entry, server)) return undefined;
  const kept = entry.login === undefined ? 'under a login before this one' : `for ${entry.login}`;
  return `kept ${kept}: ${login.name} does not send it. prefish login ${server.id}${whose}, or prefish tasks cancel drops it`;
}
