import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { matchRules, type EgressRules } from './egress-rules.ts';
import { canonicalHost } from './host-pattern.ts';
import { isPrivate } from './private-addresses.ts';

/** Why no connection was made. */
export interface Refusal {
  readonly reason: 'not-allowed' | 'private' | 'unreachable';
  readonly message: string;
  /** What lets tasks reach the host. */
  readonly hint?: string;
}

/** A connection, or why there is none. */
export type Connection = { readonly socket: Socket } | { readonly refusal: Refusal };

/** How long one address may take to answer, in milliseconds. */
const connectTime = 15_000;

/**
 * Connects to a host where the rules have it. The name is looked up once, and the address that was looked at
 * is the one that is connected to. Private addresses are refused unless an entry is this very host.
 */
export async function connectAllowed(
  rules: EgressRules,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Connection> {
  const name = canonicalHost(host);
  if (name === undefined) return refused('not-allowed', `${host} is no host`);
  const bracketed = isIP(name) === 6 ? `[${name}]` : name;
  const entry = port === 80 || port === 443 ? bracketed : `${bracketed}:${port}`;
  const match = matchRules(rules, name, port);
  if (match === undefined) {
    return refused('not-allowed', `this task may not reach ${host}:${port}`, howToAllow(entry));
  }
  let addresses: readonly { readonly address: string }[];
  try {
    addresses = isIP(name) === 0 ? await lookup(name, { all: true }) : [{ address: name }];
  } catch (error) {
    return refused('unreachable', `${name} was not found (${(error as NodeJS.ErrnoException).code})`);
  }
  const usable = match.privately ? addresses : addresses.filter(({ address }) => !isPrivate(address));
  if (usable.length === 0) {
    return refused(
      'private',
      isPrivateWords(name, addresses[0]?.address, rules),
      rules.reach === undefined
        ? howToAllow(entry)
        : `Who runs this server can let tasks reach it: allow: ["${entry}"] in the configuration beside it.`,
    );
  }
  let failure: unknown;
  for (const { address } of usable) {
    try {
      return { socket: await connectTo(address, port, signal) };
    } catch (error) {
      failure = error;
    }
  }
  return refused(
    'unreachable',
    `${name}:${port} cannot be reached (${(failure as NodeJS.ErrnoException).code})`,
  );
}

function isPrivateWords(name: string, address: string | undefined, { reach }: EgressRules): string {
  const whose = reach === undefined ? 'this machine or its networks' : 'the server or the networks around it';
  return isIP(name) === 0
    ? `${name} leads to ${address}, an address of ${whose}`
    : `${name} is an address of ${whose}`;
}

function howToAllow(entry: string): string {
  return `allow: ["${entry}"] in prefish.config.yaml lets tasks reach it.`;
}

function refused(reason: Refusal['reason'], message: string, hint?: string): Connection {
  return { refusal: { reason, message, ...(hint !== undefined && { hint }) } };
}

function connectTo(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    const tooSlow = setTimeout(() => {
      socket.destroy(Object.assign(new Error('it does not answer'), { code: 'ETIMEDOUT' }));
    }, connectTime);
    socket.once('close', () => clearTimeout(tooSlow));
    socket.once('error', reject);
    socket.once('connect', () => {
      clearTimeout(tooSlow);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
