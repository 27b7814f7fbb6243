import { isHere, parseServer } from '../server/elsewhere/server-url.ts';

/** Where a teleported line would run. */
export interface LinePlace {
  /** For people: `this machine`, or a host. */
  readonly place: string;
  /** The server of this machine, the user's own on another one, or one with accounts. */
  readonly kind: 'here' | 'ssh' | 'http';
}

/** The place of a server, by its URL. @throws PREFISH_USAGE */
export function linePlace(server: string | undefined): LinePlace {
  if (server === undefined || isHere(server)) return { place: 'this machine', kind: 'here' };
  return parseServer(server);
}
