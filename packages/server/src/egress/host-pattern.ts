import { isIP } from 'node:net';
import { PrefishError } from '@prefish/protocol';

/** A host that tasks may reach, or all below one. */
export interface HostPattern {
  /** In the form of {@link canonicalHost}, without the `*.`. */
  readonly host: string;
  /** `*.`: everything below `host`, and not `host` itself. */
  readonly below: boolean;
  /** Default: those of `http:` and `https:`. */
  readonly port?: number;
}

/** The ports of `http:` and `https:` (RFC 9110, 4.2). */
const usualPorts: readonly number[] = [80, 443];
const shape = /^(?<below>\*\.)?(?<host>\[[0-9a-f:.]+\]|[^\s:/@?#[\]*%\\]+)(?::(?<port>\d{1,5}))?$/i;

/**
 * Reads an entry of `allow`: `registry.example.com`, `*.example.com`, `localhost:4873`, `[::1]:8080`.
 *
 * @throws PREFISH_REQUEST_INVALID
 */
export function parseHostPattern(text: string): HostPattern {
  const { below, host = '', port } = shape.exec(text)?.groups ?? {};
  const canonical = canonicalHost(host);
  const number = port === undefined ? undefined : Number(port);
  const fits = number === undefined || (number > 0 && number < 65_536);
  if (canonical === undefined || !fits || (below !== undefined && isIP(canonical) !== 0)) {
    throw new PrefishError('PREFISH_REQUEST_INVALID', `options.allow: ${JSON.stringify(text)} is no host.`, {
      hint: 'A host is registry.example.com, *.example.com for all below one, or localhost:4873 with a port.',
    });
  }
  return {
    host: canonical,
    below: below !== undefined,
    ...(number !== undefined && { port: number }),
  };
}

/**
 * One spelling for each host, as the URL standard has it: lower case, no dot at the end, punycode, addresses
 * without brackets in their usual form (`0x7f.1` is `127.0.0.1`). `undefined` for what is no host.
 */
export function canonicalHost(host: string): string | undefined {
  try {
    const { hostname } = new URL(`http://${isIP(host) === 6 ? `[${host}]` : host}/`);
    const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    return name === '' ? undefined : name;
  } catch {
    return undefined;
  }
}

/** Whether a host, in its canonical form, may be reached; `named` when an entry is this very host. */
export function matchHost(
  patterns: readonly HostPattern[],
  host: string,
  port: number,
): { readonly named: boolean } | undefined {
  const matching = patterns.filter(
    (pattern) =>
      (pattern.port === undefined ? usualPorts.includes(port) : pattern.port === port) &&
      (pattern.below ? host.endsWith(`.${pattern.host}`) : host === pattern.host),
  );
  return matching.length === 0 ? undefined : { named: matching.some(({ below }) => !below) };
}
