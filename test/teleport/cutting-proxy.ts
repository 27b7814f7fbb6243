import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Passes connections on, and cuts every one of them after so many bytes. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** How many bytes clients have sent so far. */
  readonly sent: number;
  /** Cuts all connections once clients have sent so many more bytes; later ones are let through. */
  cutAfter(bytes: number): void;
  /** How often it did. */
  readonly cuts: number;
}

/** Listens on loopback, for a server whose port is told later. */
export async function cuttingProxy(portOf: () => number): Promise<CuttingProxy> {
  let [sent, cuts, left] = [0, 0, Number.POSITIVE_INFINITY];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(portOf(), '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.once('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.on('error', () => {});
    }
    upstream.pipe(client);
    client.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      left -= chunk.length;
      if (left > 0) {
        if (!upstream.write(chunk)) client.pause();
        return;
      }
      upstream.write(chunk.subarray(0, chunk.length + left));
      [left, cuts] = [Number.POSITIVE_INFINITY, cuts + 1];
      for (const socket of open) socket.destroy();
    });
    client.once('end', () => upstream.end());
    upstream.on('drain', () => client.resume());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get sent() {
      return sent;
    },
    get cuts() {
      return cuts;
    },
    cutAfter: (bytes) => void (left = bytes),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
