import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { PrefishError, errorMessage } from '../error.ts';
import { certificateError } from './certificate-error.ts';
import type { Transport } from './transport.ts';

/** Where a server listens: on a unix socket, or at an origin (`https://host:port`) that asks for a token. */
export type ServerAddress =
  | { readonly socketPath: string }
  | { readonly origin: string; readonly token?: string | undefined };

/**
 * A transport over HTTP/1.1. Redirects are not followed: they would take the token along.
 *
 * @throws PREFISH_SERVER_CERTIFICATE where the certificate of an origin is not trusted
 */
export function createHttpTransport(address: ServerAddress): Transport {
  return async ({ method, path, headers, body, silence, signal }) => {
    const { request, ...where } = await reach(address);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...where,
          method,
          path,
          agent: false,
          headers: {
            ...headers,
            ...where.headers,
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          },
          ...(signal ? { signal } : {}),
        },
        (response) => {
          const status = response.statusCode ?? 0;
          if (silence !== undefined && 'origin' in address) {
            const lost = new Error(`nothing was heard for ${silence / 1000} s`);
            response.setTimeout(silence, () => response.destroy(lost));
          }
          if (status < 300 || status >= 400)
            return resolve({ status, body: chunks(address, response, signal) });
          response.destroy();
          reject(redirected(response));
        },
      );
      outgoing.once('error', (cause) => reject(signal?.aborted ? signal.reason : failure(address, cause)));
      outgoing.end(body);
    });
  };
}

/** The body as it arrives. One that breaks off says so as a server that does not answer. */
async function* chunks(
  address: ServerAddress,
  response: IncomingMessage,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (cause) {
    throw signal?.aborted ? signal.reason : failure(address, cause as NodeJS.ErrnoException);
  }
}

interface Reach extends RequestOptions {
  readonly request: typeof httpRequest;
  readonly headers?: Readonly<Record<string, string>>;
}

async function reach(address: ServerAddress): Promise<Reach> {
  if ('socketPath' in address) return { request: httpRequest, socketPath: address.socketPath };
  const { protocol, hostname, port } = new URL(address.origin);
  return {
    request: protocol === 'https:' ? (await import('node:https')).request : httpRequest,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(port === '' ? {} : { port }),
    headers: address.token === undefined ? {} : { authorization: `Bearer ${address.token}` },
  };
}

function failure(address: ServerAddress, cause: NodeJS.ErrnoException): PrefishError {
  const origin = 'origin' in address ? address.origin : undefined;
  const untrusted = origin === undefined ? undefined : certificateError(origin, cause);
  if (untrusted !== undefined) return untrusted;
  const who = origin ?? 'The server';
  const why = inWords.get(cause.code ?? '') ?? errorMessage(cause);
  return new PrefishError('PREFISH_SERVER_UNREACHABLE', `${who} does not answer (${why})`, {
    cause,
    ...(origin === undefined ? {} : { hint: whatToDo(origin, cause) }),
  });
}

/** What the system calls a server that cannot be reached, in words. */
const inWords: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'it ended the connection'],
  ['ENOTFOUND', 'there is no address for that name'],
  ['EAI_AGAIN', 'no address for that name could be asked for'],
  ['EHOSTUNREACH', 'no way leads there'],
  ['ENETUNREACH', 'no way leads there'],
  ['ETIMEDOUT', 'nothing came back'],
]);

function whatToDo(origin: string, { code }: NodeJS.ErrnoException): string {
  if (origin.startsWith('http:') && code === 'ECONNRESET') {
    return `Does it speak TLS? ${origin.replace('http:', 'https:')}`;
  }
  return 'Is that server up (prefish serve), and its address right?';
}

function redirected({ statusCode, headers }: IncomingMessage): PrefishError {
  return new PrefishError(
    'PREFISH_SERVER_ANSWER',
    `The server answered ${statusCode} and sends elsewhere: ${headers.location ?? 'nowhere'}`,
    { hint: 'Redirects are not followed, as the token would go along. Name the server itself.' },
  );
}
