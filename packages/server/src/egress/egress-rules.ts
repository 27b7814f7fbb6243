import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { lookup } from 'node:dns';
import type { Network } from '@prefish/protocol';
import { canonicalHost, matchHost, parseHostPattern, type HostPattern } from './host-pattern.ts';
import { isPrivate } from './private-addresses.ts';

/** Where an attempt may connect to. */
export interface EgressRules {
  /** The hosts that it may reach; absent: all. */
  readonly allow?: readonly HostPattern[];
  /** The hosts that may have a private address; absent: those that `allow` names themselves. */
  readonly reach?: readonly HostPattern[];
}

/**
 * The rules of a network level; `undefined` where no proxy stands between: nothing is to be reached, or
 * everything.
 *
 * @param reach on a server that others use too: the private hosts that its configuration lists. Without
 * these, what a submitter lists counts
 * @throws PREFISH_REQUEST_INVALID for an entry that is no host
 */
export function egressRules(
  network: Network,
  allow: readonly string[],
  reach: readonly string[] | undefined,
): EgressRules | undefined {
  if (network === 'none' || (network === 'full' && reach === undefined)) return undefined;
  return {
    ...(network === 'allowlist' && { allow: allow.map(parseHostPattern) }),
    ...(reach !== undefined && { reach: reach.map(parseHostPattern) }),
  };
}

/** Whether the host may be reached; `privately` when its addresses may be those of this machine and its networks. */
export function matchRules(
  { allow, reach }: EgressRules,
  host: string,
  port: number,
): { readonly privately: boolean } | undefined {
  const allowed = allow === undefined ? { named: false } : matchHost(allow, host, port);
  if (allowed === undefined) return undefined;
  return { privately: reach === undefined ? allowed.named : matchHost(reach, host, port)?.named === true };
}

/**
 * Looks names up as `dns.lookup` does, and leaves out the addresses that may not be connected to. What
 * connects by it connects to an address that was looked at.
 */
export function guardedLookup(reach: readonly HostPattern[], port: number): LookupFunction {
  return (hostname, options, callback) => {
    const may = mayReach(reach, hostname, port);
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const usable =
        error === null && !may ? addresses.filter(({ address }) => !isPrivate(address)) : addresses;
      const [first] = usable ?? [];
      if (error !== null) return callback(error, '', 0);
      if (first === undefined) return callback(privateAddress(hostname), '', 0);
      if (options.all === true) callback(null, usable);
      else callback(null, first.address, first.family);
    });
  };
}

/** Whether a host that is an address may be connected to; true of names, which are looked at when they are looked up. */
export function mayReachLiterally(reach: readonly HostPattern[], host: string, port: number): boolean {
  const name = canonicalHost(host) ?? host;
  return isIP(name) === 0 || !isPrivate(name) || mayReach(reach, name, port);
}

function mayReach(reach: readonly HostPattern[], host: string, port: number): boolean {
  return matchHost(reach, canonicalHost(host) ?? host, port)?.named === true;
}

function privateAddress(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} leads to a private address, and this server does not list it`), {
    code: 'EACCES',
  });
}
