import { BlockList, isIP } from 'node:net';

/**
 * What no name should lead a task to: this machine, the networks around it, and the metadata services of
 * clouds. From IANA's registries of special-purpose addresses (RFC 6890), multicast included;
 * 168.63.129.16 is Azure's.
 */
const ipv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** 6to4 and Teredo lead to IPv4 addresses, of which any may be private. */
const ipv6 = [
  '::/128',
  '::1/128',
  '100::/64',
  '2001::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];
/** Where a network translates addresses, IPv4 stands at the end of these (RFC 6052). */
const translated = '64:ff9b::';

const list = new BlockList();
for (const range of ipv4) {
  const [address = '', bits = ''] = range.split('/');
  list.addSubnet(address, Number(bits), 'ipv4');
  list.addSubnet(`${translated}${address}`, 96 + Number(bits), 'ipv6');
}
for (const range of ipv6) {
  const [address = '', bits = ''] = range.split('/');
  list.addSubnet(address, Number(bits), 'ipv6');
}

/** Whether an address is one of this machine or a network around it. IPv4 written as IPv6 is looked through. */
export function isPrivate(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
