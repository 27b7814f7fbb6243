import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { isPrivate } from '../../src/egress/private-addresses.ts';

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.100.100.200',
  '0.0.0.0',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::10.0.0.1',
  '::127.0.0.1',
  '2002:7f00:1::',
  ...Object.values(networkInterfaces()).flatMap((own = []) => own.map(({ address }) => address)),
  'fd00:ec2::254',
  'fe80::1%eth0',
])('%s is private', (address) => expect(isPrivate(address)).toBe(true));

test.each(['1.1.1.1', '172.32.0.1', '192.167.1.1', '2606:4700::1111', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1'])(
  '%s is not',
  (address) => expect(isPrivate(address)).toBe(false),
);

test('an address beside one of this machine is private, whatever its range', () => {
  const interfaces = {
    eth0: [{ cidr: '203.0.113.9/28' }, { cidr: '2a00:1450:4001:1::9/64' }, { cidr: null }],
  };
  const is = (address: string): boolean => isPrivate(address, interfaces);
  expect(is('203.0.113.9')).toBe(true);
  expect(is('203.0.113.14')).toBe(true);
  expect(is('203.0.113.16')).toBe(false);
  expect(is('::ffff:203.0.113.9')).toBe(true);
  expect(is('2a00:1450:4001:1::77')).toBe(true);
  expect(is('2a00:1450:4001:2::77')).toBe(false);
});
