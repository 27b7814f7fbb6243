/** What runs the host of a remote, as far as its name says. */
export type Forge = 'github' | 'gitlab' | 'gitea' | 'bitbucket' | 'unknown';

/** Where a remote is. */
export interface RemotePlace {
  readonly host: string;
  /** `owner/repository`, without `.git`. */
  readonly path: string;
  readonly forge: Forge;
}

/** Reads the URL of a remote; `undefined` for a path, which no browser opens. */
export function remotePlace(url: string): RemotePlace | undefined {
  const scp = /^(?:[^@/]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  const parsed = scp === null && URL.canParse(url) ? new URL(url) : undefined;
  const isWeb = parsed !== undefined && /^(https?|ssh|git):$/.test(parsed.protocol);
  const host = scp?.[1] ?? (isWeb ? parsed.host : undefined);
  const path = (scp?.[2] ?? parsed?.pathname ?? '').replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  if (host === undefined || host === '' || path === '') return undefined;
  return { host, path, forge: forgeOf(host) };
}

function forgeOf(host: string): Forge {
  if (/(^|\.)github\./.test(host)) return 'github';
  if (/(^|\.)gitlab\./.test(host)) return 'gitlab';
  if (/(^|\.)bitbucket\./.test(host)) return 'bitbucket';
  if (/(^|\.)(codeberg|gitea|forgejo)\./.test(host)) return 'gitea';
  return 'unknown';
}

/** Where a browser asks for a branch to be merged; `undefined` where the host does not say how its pages are called. */
export function requestPage(
  { host, path, forge }: RemotePlace,
  branch: string,
  base: string | null,
): string | undefined {
  const named = branch.split('/').map(encodeURIComponent).join('/');
  const query = encodeURIComponent(branch);
  const from = base === null ? '' : `${base.split('/').map(encodeURIComponent).join('/')}...`;
  switch (forge) {
    case 'github':
      return `https://${host}/${path}/compare/${from}${named}?expand=1`;
    case 'gitea':
      return `https://${host}/${path}/compare/${from}${named}`;
    case 'gitlab':
      return `https://${host}/${path}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${query}`;
    case 'bitbucket':
      return `https://${host}/${path}/pull-requests/new?source=${query}`;
    case 'unknown':
      return undefined;
  }
}

/** The first page that a host names in its answer to a push, in the lines that git marks as the remote's. */
export function pageInAnswer(answer: string): string | undefined {
  for (const line of answer.split('\n')) {
    const [, url] = /^remote:.*?(https?:\/\/[^\s'"<>]+)/.exec(line) ?? [];
    if (url !== undefined && !/\p{Cc}/u.test(url)) return url;
  }
  return undefined;
}
