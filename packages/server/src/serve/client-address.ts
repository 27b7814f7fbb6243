import type { IncomingMessage } from 'node:http';

/** The address that a request came from: that of the connection, or what the proxy in front saw. */
export function clientAddress(incoming: IncomingMessage | undefined, behindProxy: boolean): string {
  const direct = peerAddress(incoming?.socket);
  if (!behindProxy) return direct;
  // Each proxy adds who it heard; what stands before that was written by whoever asked.
  const heard = String(incoming?.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return heard || direct;
}

/** The address at the other end of a connection. */
export function peerAddress(socket: { readonly remoteAddress?: string | undefined } | undefined): string {
  // A socket that takes both families shows IPv4 addresses as mapped ones (RFC 4291, section 2.5.5.2).
  return (socket?.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** What is counted as one: an IPv4 address, or the /64 network that a subscriber has of IPv6. */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 4).join(':');
}
