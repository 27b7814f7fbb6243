import { PrefishError } from '@prefish/protocol';
import type { ServeOptions } from './serve-options.ts';

/** The names and addresses that only this machine reaches. */
const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/;

/** Whether nobody but this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/**
 * Refuses what would let in everybody, or show tokens to everybody on the way.
 *
 * @throws PREFISH_SERVER_START
 */
export function checkExposure(
  { listen, tls, behindProxy }: Pick<ServeOptions, 'listen' | 'tls' | 'behindProxy'>,
  hasAccounts: boolean,
): void {
  if (isLoopback(listen.host)) return;
  if (!hasAccounts) {
    throw new PrefishError(
      'PREFISH_SERVER_START',
      `${listen.host} can be reached by others, and there is no account that may use the server.`,
      { hint: 'Add one first: prefish users add NAME, with the --data DIR of the server where it has one.' },
    );
  }
  if (tls !== undefined || behindProxy === true) return;
  throw new PrefishError(
    'PREFISH_SERVER_START',
    `${listen.host} can be reached by others, and without TLS whoever is on the way reads every token.`,
    {
      hint: 'Give it --tls-cert FILE and --tls-key FILE, or --behind-proxy where a proxy ends TLS and is all that reaches it.',
    },
  );
}

/** What whoever starts a server should hear, where only they know whether others can read what goes to it. */
export function exposureWarning({
  listen,
  tls,
  behindProxy,
}: Pick<ServeOptions, 'listen' | 'tls' | 'behindProxy'>): string | undefined {
  if (behindProxy !== true || isLoopback(listen.host)) return undefined;
  const believed = `${listen.host} may be reached past the proxy, and then whoever does is believed to be any address`;
  return tls === undefined ? `${believed}, and tokens are sent without TLS on the way to it` : believed;
}
