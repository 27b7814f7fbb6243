import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

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
/** IPv4-compatible addresses, 6to4, Teredo and local translation (RFC 8215) lead to IPv4 addresses, of which any may be private. */
const ipv6 = [
  '::/96',
  '64:ff9b:1::/48',
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

/** Networks that this machine is in, as `os.networkInterfaces()` tells them. */
type Interfaces = Readonly<Record<string, readonly { readonly cidr: string | null }[] | undefined>>;

/** Whether an address is one of this machine or a network around it. IPv4 written as IPv6 is looked through. */
export function isPrivate(address: string, interfaces: Interfaces = networkInterfaces()): boolean {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  return list.check(plain, family) || around(interfaces).check(plain, family);
}

/** The networks around this machine, which may have addresses of the public ranges. */
function around(interfaces: Interfaces): BlockList {
  const networks = new BlockList();
  for (const { cidr } of Object.values(interfaces).flatMap((own) => own ?? [])) {
    const [address = '', bits = ''] = cidr?.split('/') ?? [];
    if (address !== '') networks.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return networks;
}
