import { createServer } from 'node:net';
import { once } from 'node:events';
import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../../../folders.ts';
import { runSsh } from './run-ssh.ts';
import { destination, sshOptions, sshPaths, type SshAddress } from './ssh-options.ts';

/**
 * Makes what listens on the loopback address there reachable from here, over the connection that there is, and for
 * as long as it lasts: at the same port, or at another where that is taken.
 *
 * @returns the URL with the port that it has here
 * @throws PREFISH_SSH_FAILED
 */
export async function forwardPort(
  folders: Folders,
  address: SshAddress,
  there: string,
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(there);
  const paths = sshPaths(folders, address);
  const far = `127.0.0.1:${url.port}`;
  let said = '';
  for (const port of [url.port, await freePort()]) {
    const forwarding = ['-O', 'forward', '-L', `127.0.0.1:${port}:${far}`];
    const { code, ...result } = await runSsh(
      [...sshOptions(paths), ...forwarding, ...destination(address)],
      paths.folder,
      signal,
    );
    if (code === 0) {
      url.port = port;
      return url.href;
    }
    said = result.said;
  }
  throw new PrefishError('PREFISH_SSH_FAILED', `The page on ${address.place} cannot be reached: ${said}`, {
    hint: 'Its sshd must let ports be forwarded (AllowTcpForwarding).',
  });
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  return String(port);
}
