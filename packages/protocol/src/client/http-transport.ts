import { request as httpRequest } from 'node:http';
import { PrefishError, errorMessage } from '../error.ts';
import type { Transport } from './transport.ts';

/** A transport over HTTP/1.1 to a unix socket. */
export function createHttpTransport(options: { readonly socketPath: string }): Transport {
  return ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          socketPath: options.socketPath,
          method,
          path,
          agent: false,
          headers: {
            ...headers,
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          },
          ...(signal ? { signal } : {}),
        },
        (response) => resolve({ status: response.statusCode ?? 0, body: response }),
      );
      outgoing.once('error', (cause) =>
        reject(
          signal?.aborted
            ? signal.reason
            : new PrefishError(
                'PREFISH_SERVER_UNREACHABLE',
                `The server does not answer: ${errorMessage(cause)}`,
                { cause },
              ),
        ),
      );
      outgoing.end(body);
    });
}
