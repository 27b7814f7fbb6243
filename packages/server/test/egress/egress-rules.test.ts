import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectAllowed } from '../../src/egress/connect-allowed.ts';
import { egressRules, guardedLookup, mayReachLiterally } from '../../src/egress/egress-rules.ts';
import { parseHostPattern } from '../../src/egress/host-pattern.ts';

let server: Server;
let port: number;
beforeEach(async () => {
  server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => server.close());

/** Why a host is not reached on a server that others use, or `reached`. */
async function reach(
  host: string,
  {
    network = 'full',
    allow = [],
    listed = [],
    at = port,
  }: Partial<{ network: 'full' | 'allowlist'; allow: string[]; listed: string[]; at: number }>,
): Promise<string> {
  const rules = egressRules(network, allow, listed)!;
  const connection = await connectAllowed(rules, host, at, new AbortController().signal);
  if ('refusal' in connection) return connection.refusal.reason;
  connection.socket.destroy();
  return 'reached';
}

describe('on a server that others use', () => {
  it.each([
    'localhost',
    '127.0.0.1',
    '0.0.0.0',
    '0',
    '2130706433',
    '0x7f.1',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '169.254.169.254',
    '168.63.129.16',
    '10.0.0.1',
    '192.168.0.1',
    '100.100.100.200',
    'fd00::1',
    'fe80::1',
  ])('full does not lead to %s', async (host) => {
    expect(await reach(host, {})).toBe('private');
  });

  it('a submitter cannot list what its configuration does not', async () => {
    const allow = [`localhost:${port}`, `127.0.0.1:${port}`, '169.254.169.254'];
    expect(await reach('localhost', { network: 'allowlist', allow })).toBe('private');
    expect(await reach('127.0.0.1', { network: 'allowlist', allow })).toBe('private');
    expect(await reach('169.254.169.254', { network: 'allowlist', allow, at: 80 })).toBe('private');
  });

  it('what its configuration lists is reached, on its port alone', async () => {
    const listed = [`127.0.0.1:${port}`];
    expect(await reach('127.0.0.1', { listed })).toBe('reached');
    expect(await reach('localhost', { listed })).toBe('private');
    expect(await reach('127.0.0.1', { listed: ['127.0.0.1:1'] })).toBe('private');
    expect(await reach('127.0.0.1', { listed, network: 'allowlist' })).toBe('not-allowed');
    expect(await reach('127.0.0.1', { listed, network: 'allowlist', allow: listed })).toBe('reached');
  });

  it('nothing below a listed name may have a private address', async () => {
    expect(await reach('a.localhost', { listed: ['*.localhost'] })).not.toBe('reached');
  });
});

it('a server of one user needs a proxy for nothing but allowlist', () => {
  expect(egressRules('full', [], undefined)).toBeUndefined();
  expect(egressRules('none', ['example.org'], [])).toBeUndefined();
  expect(egressRules('allowlist', [], undefined)).toEqual({ allow: [] });
});

describe('the addresses that a model is looked up at', () => {
  const look = (listed: string[], all: boolean): Promise<unknown> =>
    new Promise((resolve) => {
      guardedLookup(listed.map(parseHostPattern), 8080)('localhost', { all }, (error, address) =>
        resolve(error === null ? address : error.code),
      );
    });

  it('are no private ones, unless listed', async () => {
    expect(await look([], false)).toBe('EACCES');
    expect(await look([], true)).toBe('EACCES');
    expect(await look(['localhost:8080'], false)).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(await look(['localhost:8080'], true)).toEqual(
      expect.arrayContaining([expect.objectContaining({ address: expect.any(String) })]),
    );
  });

  it('are looked at too where the host is one itself', () => {
    expect(mayReachLiterally([], '169.254.169.254', 80)).toBe(false);
    expect(mayReachLiterally([], '[::ffff:127.0.0.1]', 80)).toBe(false);
    expect(mayReachLiterally([parseHostPattern('10.0.0.5')], '10.0.0.5', 80)).toBe(true);
    expect(mayReachLiterally([], 'llm.example.com', 443)).toBe(true);
  });
});
