import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A port of the loopback that leads elsewhere. */
export interface ForwardedPort extends AsyncDisposable {
  readonly port: number;
}

/** Opens a connection to where a port leads. */
export type Open = () => Promise<Socket> | Socket;

/** A connection to a unix socket. */
export function toSocket(path: string): Open {
  return () => connect({ path, allowHalfOpen: true });
}

/**
 * Listens on 127.0.0.1, on a port that is free unless one is named, and joins each connection with one of its own.
 *
 * @throws EADDRINUSE, EACCES
 */
export async function forwardPort(open: Open, port = 0): Promise<ForwardedPort> {
  const alive = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    alive.add(socket);
    return socket.on('close', () => alive.delete(socket)).on('error', () => socket.destroy());
  };
  const join = (from: Socket, to: Socket): void => {
    from.pipe(to);
    from.on('close', () => to.destroy());
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, async (incoming) => {
    track(incoming);
    try {
      const outgoing = track(await open());
      if (incoming.destroyed) outgoing.destroy();
      join(incoming, outgoing);
      join(outgoing, incoming);
    } catch {
      incoming.destroy();
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of alive) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
