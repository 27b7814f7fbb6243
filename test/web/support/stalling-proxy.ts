import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a port of this machine that can fall silent, as that of a laptop does when it goes to sleep. */
export interface StallingProxy extends AsyncDisposable {
  readonly port: number;
  /** From now on, nothing comes through what is connected, and nobody is told. */
  stall(): void;
}

/** Leads to a port; what is connected after a stall gets through again. */
export async function stallingProxy(to: number): Promise<StallingProxy> {
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    stall() {
      for (const socket of sockets) socket.unpipe();
      for (const socket of sockets) socket.pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
