/** Where in an API a request goes. */
export interface RequestTarget {
  /** The first part of the path: which API. */
  readonly api: string;
  /** The rest of it, with its slash. */
  readonly path: string;
  /** What stands behind the `?`. */
  readonly query: URLSearchParams;
}

/** What some server might take for another place: dots and slashes in disguise, parameters of a part, what no path holds. */
const disguised = /%2e|%2f|%3b|%5c|%00|%25|[\\#;\s]|\/\/|[^\x21-\x7e]/i;

/** Credentials and accounts, where Google's APIs take them from a query (cloud.google.com/apis/docs/system-parameters). */
const notFromInside = ['key', 'access_token', 'oauth_token', 'userProject', 'quotaUser'].flatMap((name) => [
  name,
  `$${name}`,
]);

/** Reads `/anthropic/v1/messages?beta=true`; `undefined` for a path that might leave where it begins. */
export function readTarget(text: string): RequestTarget | undefined {
  const [whole = '', ...query] = text.split('?');
  if (!whole.startsWith('/') || disguised.test(whole)) return undefined;
  const [, api = '', ...parts] = whole.split('/');
  if (parts.some((part) => part === '.' || part === '..')) return undefined;
  return { api, path: `/${parts.join('/')}`, query: new URLSearchParams(query.join('?')) };
}

/** The URL of a path below where an API begins, without credentials that stand in the query. */
export function joinUrl(begin: string, path: string, query: URLSearchParams): URL {
  const url = new URL(begin);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  const own = new URLSearchParams(url.search);
  for (const [name, value] of query) if (!notFromInside.includes(name)) own.append(name, value);
  url.search = own.toString();
  url.hash = '';
  return url;
}
