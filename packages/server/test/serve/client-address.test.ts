import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { addressGroup, clientAddress } from '../../src/serve/client-address.ts';

const request = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

test('a request comes from its connection, or from whom the proxy in front has seen', () => {
  expect(clientAddress(request('10.0.0.1', '1.2.3.4'), false)).toBe('10.0.0.1');
  expect(clientAddress(request('10.0.0.1', 'made up, 1.2.3.4'), true)).toBe('1.2.3.4');
  expect(clientAddress(request('10.0.0.1'), true)).toBe('10.0.0.1');
  expect(clientAddress(request('::ffff:10.0.0.1'), false)).toBe('10.0.0.1');
  expect(clientAddress(undefined, true)).toBe('unknown');
});

test('addresses of one subscriber count as one', () => {
  expect(addressGroup('10.0.0.1')).toBe('10.0.0.1');
  expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(addressGroup('2001:db8:1:2::9')).toBe('2001:db8:1:2');
  expect(addressGroup('2001:db8::9')).toBe('2001:db8:0:0');
  expect(addressGroup('::1')).toBe('0:0:0:0');
});
