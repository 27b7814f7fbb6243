import { PrefishError } from '@prefish/protocol';

/** A server on another machine, as its URL says. */
export type ServerAddress =
  | {
      readonly kind: 'ssh';
      /** `ssh://user@host:22`, in one spelling. */
      readonly url: string;
      readonly place: string;
      readonly user: string | undefined;
      readonly host: string;
      readonly port: string | undefined;
    }
  | {
      readonly kind: 'http';
      /** The origin, in one spelling. */
      readonly url: string;
      readonly place: string;
    };

/** Whether a server is that of this machine. */
export function isHere(server: string): boolean {
  return server === 'here' || server === 'local';
}

const hint = 'https://HOST, ssh://[USER@]HOST, or here for this machine';

/**
 * Reads the name of a server on another machine.
 *
 * @throws PREFISH_USAGE for what is no URL, one with a password or a path, and plain http to another machine
 */
export function parseServer(server: string): ServerAddress {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  switch (url?.protocol) {
    case 'ssh:':
      return sshAddress(server, url);
    case 'https:':
    case 'http:':
      return httpAddress(server, url);
    default:
      throw new PrefishError('PREFISH_USAGE', `“${server}” is not the URL of a server`, {
        hint: meantUrl(server) ?? hint,
      });
  }
}

/** `127.0.0.1:8377`, `devbox.example.com`: the same with what is missing in front. */
function meantUrl(server: string): string | undefined {
  if (server.includes('/') || !/[.:]|^localhost$/.test(server) || !URL.canParse(`https://${server}`)) return;
  const { host, hostname } = new URL(`https://${server}`);
  return isLoopback(hostname)
    ? `http://${host}`
    : `https://${host} of a server for a team, or ssh://${hostname}`;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** What ssh is given, and git hands to a shell: nothing that could be an option or end a word. */
const hostName = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])$/;
const userName = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/;

function sshAddress(
  server: string,
  { host, hostname, username, password, port, pathname }: URL,
): ServerAddress {
  if (password !== '') {
    throw new PrefishError('PREFISH_USAGE', 'A password does not belong into the URL of a server', {
      hint: 'ssh asks for it: prefish login',
    });
  }
  const user = decodeURIComponent(username);
  if (!hostName.test(hostname) || (user !== '' && !userName.test(user)) || !isRoot(pathname)) {
    throw new PrefishError('PREFISH_USAGE', `“${server}” is not ssh://[USER@]HOST[:PORT]`);
  }
  return {
    kind: 'ssh',
    url: `ssh://${user === '' ? '' : `${user}@`}${hostname}${port === '' ? '' : `:${port}`}`,
    place: host,
    user: user === '' ? undefined : user,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? undefined : port,
  };
}

function httpAddress(server: string, url: URL): ServerAddress {
  if (url.username !== '' || url.password !== '' || !isRoot(url.pathname) || url.search !== '') {
    throw new PrefishError('PREFISH_USAGE', `The URL of a server is https://HOST[:PORT] and nothing more`, {
      hint: 'A token is kept by prefish login, or given as PREFISH_TOKEN.',
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new PrefishError('PREFISH_USAGE', `${server} would send your token and your files in the clear`, {
      hint: `https://${url.host}`,
    });
  }
  return { kind: 'http', url: url.origin, place: url.host };
}

function isRoot(path: string): boolean {
  return path === '' || path === '/';
}
