import { seenFromHere, type Elsewhere, type Server, type ServerLogin } from '@prefish/plugin-teleport';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../../folders.ts';
import { readKnownServers, type KnownServer } from './known-servers.ts';
import { isHere, parseServer, type ServerAddress } from './server-url.ts';

/**
 * The servers on other machines: the one that is chosen by `--server`, `PREFISH_SERVER` or the configuration, and
 * those that are known. How each is reached is loaded when it is.
 */
export function serversElsewhere(folders: Folders, chosen: string | undefined): Elsewhere {
  if (process.env['PREFISH_TASK']) return { chosen: () => undefined, known: [], open: refuseInTask };
  const opened = new Map<string, Server>();
  const open = (server: string): Server => {
    const address = parseServer(server);
    const known = opened.get(address.url) ?? serverAt(folders, address, isSame(chosen, address));
    opened.set(address.url, known);
    return known;
  };
  return {
    chosen: () => (chosen === undefined || isHere(chosen) ? undefined : open(chosen)),
    known: [...new Set(urlsOf(folders, chosen).map(open))],
    open,
  };
}

/** The URLs of the servers whose tasks are listed. What is wrong with the choice is said when a line goes there. */
function urlsOf(folders: Folders, chosen: string | undefined): readonly string[] {
  const urls = readKnownServers(folders).map(({ url }) => url);
  return [...(chosen === undefined ? [] : [chosen]), ...urls].filter((url) => {
    try {
      return parseServer(url) !== undefined;
    } catch {
      return false;
    }
  });
}

function isSame(chosen: string | undefined, { url }: ServerAddress): boolean {
  try {
    return chosen !== undefined && parseServer(chosen).url === url;
  } catch {
    return false;
  }
}

function serverAt(folders: Folders, address: ServerAddress, isChosen: boolean): Server {
  const { url, place } = address;
  const seen = { place };
  const known = (): KnownServer | undefined => readKnownServers(folders).find((each) => each.url === url);
  const models = {
    isAllowed: async () => known()?.models === true,
    allow: async () => {
      const { noteServer } = await import('./known-servers.ts');
      await noteServer(folders, { url, models: true });
    },
  };
  const shared = { id: url, place, elsewhere: true, models };
  if (address.kind === 'ssh') {
    return {
      ...shared,
      isKnown: () => known() !== undefined,
      async connect(options, signal) {
        const { connectBySsh } = await import('./ssh/connect-by-ssh.ts');
        return connectBySsh(folders, address, options, (task) => seenFromHere(task, seen), signal);
      },
      async remote({ remote }) {
        const { gitRemote } = await import('./ssh/git-remote.ts');
        return gitRemote(folders, address, remote);
      },
      async forward(there, signal) {
        const { forwardPort } = await import('./ssh/forward-port.ts');
        return forwardPort(folders, address, there, signal);
      },
    };
  }
  // A token of the environment is for the server that was chosen with it, and for no other.
  const given = isChosen ? process.env['PREFISH_TOKEN'] || undefined : undefined;
  return {
    ...shared,
    isKnown: () => (given ?? known()?.token) !== undefined,
    login: () => loginOf(given, known()),
    async connect(options, signal) {
      const { connectByHttp } = await import('./http/connect-by-http.ts');
      return connectByHttp(folders, address, given, options, (task) => seenFromHere(task, seen), signal);
    },
    async remote({ remote }) {
      const { gitRemote } = await import('./http/git-remote.ts');
      return gitRemote(folders, address, given, remote);
    },
  };
}

/** Whom a server takes the user for: the account of the login, or the token of the environment by its id. */
function loginOf(given: string | undefined, known: KnownServer | undefined): ServerLogin | undefined {
  const token = given ?? known?.token;
  if (token === undefined) return undefined;
  const isKept = token === known?.token;
  if (isKept && known.account !== undefined) {
    return { name: known.account, ...(known.since !== undefined && { since: known.since }) };
  }
  const [, id = 'of PREFISH_TOKEN'] = /^prefish_([0-9a-f]{16})_/.exec(token) ?? [];
  return { name: `token ${id}`, ...(!isKept && { since: new Date().toISOString() }) };
}

function refuseInTask(): never {
  throw new PrefishError('PREFISH_TELEPORT_NESTED', 'A task does not start tasks; nothing was sent');
}
