import { readFile } from 'node:fs/promises';
import { getuid } from 'node:process';

/** The ends of a TCP connection over IPv4, as this side sees them. */
export interface Connection {
  readonly remotePort: number;
  readonly localPort: number;
}

/**
 * Whether the program at the other end of a connection of this machine belongs to another user than this
 * server, or root. A link on a command line is seen by every user, so a code alone does not let one in.
 * Known on Linux only: proc(5), /proc/net/tcp. Where nothing is known, nobody is a stranger.
 */
export async function isStranger({ remotePort, localPort }: Connection): Promise<boolean> {
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => '');
  const uid = ownerOf(table, { remotePort, localPort });
  return uid !== undefined && uid !== 0 && uid !== getuid?.();
}

/** The user of the socket whose own port is our remote one. */
export function ownerOf(table: string, { remotePort, localPort }: Connection): number | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', , , , , uid] = line.trim().split(/\s+/);
    if (local.endsWith(`:${hex(remotePort)}`) && remote.endsWith(`:${hex(localPort)}`)) return Number(uid);
  }
  return undefined;
}
