import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Open } from './forward-port.ts';

/** A connection through an HTTP proxy on a unix socket to `host`, which names its port (RFC 9110, 9.3.6). */
export function throughProxy(socketPath: string, host: string): Open {
  return async () => {
    const asking = request({ socketPath, method: 'CONNECT', path: host, headers: { host } });
    asking.end();
    const [response, socket, head] = (await once(asking, 'connect')) as [IncomingMessage, Socket, Buffer];
    if (response.statusCode !== 200) {
      socket.destroy();
      throw new Error(`${host}: the proxy answered ${response.statusCode}`);
    }
    socket.unshift(head);
    return socket;
  };
}
