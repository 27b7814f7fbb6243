import { readFileSync } from 'node:fs';
import { STATUS_CODES, createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { PrefishError, errorMessage, toProblem } from '@prefish/protocol';
import { Counts } from '../counts.ts';
import { addressGroup, peerAddress } from './client-address.ts';
import type { ServeOptions } from './serve-options.ts';

/** What keeps clients that are many, slow or silent from holding what others need. Times in milliseconds. */
interface Bounds {
  /** Connections at the same time. */
  readonly connections: number;
  /** Of these, from one address: what is left is for others. */
  readonly connectionsOfAddress: number;
  /** For the head of a request. */
  readonly headers: number;
  /** Of the head of a request, in bytes. */
  readonly headerBytes: number;
  /** For a connection on which nothing moves: one whose reader takes nothing included. */
  readonly idle: number;
  /** Between two requests. */
  readonly keepAlive: number;
}

const defaultBounds: Bounds = {
  connections: 2000,
  connectionsOfAddress: 1000,
  headers: 15_000,
  headerBytes: 16 * 1024,
  idle: 60_000,
  keepAlive: 10_000,
};

/** Prepares a listener, which does not listen yet. @throws PREFISH_SERVER_START for a certificate that cannot be used */
export function createListener(
  tls: ServeOptions['tls'],
  fetch: (request: Request, bindings: HttpBindings) => Response | Promise<Response>,
  changes: Partial<Bounds> = {},
): Server {
  const bounds = { ...defaultBounds, ...changes };
  const common = { maxHeaderSize: bounds.headerBytes, connectionsCheckingInterval: bounds.headers / 3 };
  const http = createAdaptorServer({
    fetch: (request, bindings) => fetch(request, bindings as HttpBindings),
    overrideGlobalObjects: false,
    ...(tls === undefined
      ? { createServer: createHttpServer, serverOptions: common }
      : {
          createServer: createHttpsServer,
          serverOptions: { ...common, ...readCertificate(tls), minVersion: 'TLSv1.2' },
        }),
  }) as Server;
  http.maxConnections = bounds.connections;
  http.headersTimeout = bounds.headers;
  http.keepAliveTimeout = bounds.keepAlive;
  const connected = new Counts();
  http.on('connection', (socket) => {
    const address = addressGroup(peerAddress(socket));
    if (connected.of(address) >= bounds.connectionsOfAddress) return socket.destroy();
    connected.add(address, 1);
    return socket.once('close', () => connected.add(address, -1));
  });
  const answering = new WeakMap<Duplex, Set<ServerResponse>>();
  http.on('request', ({ socket }, answer) => {
    const open = answering.get(socket) ?? new Set();
    answering.set(socket, open.add(answer));
    answer.once('close', () => open.delete(answer));
  });
  http.on('clientError', (error, socket) => {
    const open = [...(answering.get(socket) ?? [])];
    // In the middle of an answer, another one would be read as a part of it.
    if (open.some(({ headersSent }) => headersSent)) socket.destroy();
    else refuseBroken(error, socket);
  });
  // A push may take long; what does not move for a while is ended by the timeout of its connection.
  http.requestTimeout = 0;
  http.timeout = bounds.idle;
  return http;
}

/** How long the other end may take to close a connection that is refused, in milliseconds. */
const refusedGrace = 1000;

const headerOverflow = 'HPE_HEADER_OVERFLOW';

/** Answers what is no request, or did not come in time, as everything else is answered. */
function refuseBroken(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const answer = { ...toProblem(broken(error.code)), ...(error.code === headerOverflow && { status: 431 }) };
  const body = JSON.stringify(answer);
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Closed at once, it would take the answer along; left alone, it would stay for as long as the other end goes on.
  const end = setTimeout(() => socket.destroy(), refusedGrace);
  socket.once('close', () => clearTimeout(end));
}

function broken(code: string | undefined): PrefishError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new PrefishError(
        'PREFISH_REQUEST_TIMEOUT',
        'The head of the request did not arrive in time; nothing was done.',
      );
    case headerOverflow:
      return new PrefishError(
        'PREFISH_REQUEST_TOO_LARGE',
        'The head of the request is longer than the server takes.',
      );
    default:
      return new PrefishError('PREFISH_REQUEST_INVALID', 'This is no request of HTTP/1.1.');
  }
}

/** Begins to listen; resolves with where. @throws PREFISH_SERVER_START */
export async function listenOn(http: Server, { listen: { host, port }, tls }: ServeOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => reject(notListening(`${host}:${port}`, cause)));
    http.listen(port, host, () => resolve());
  });
  http.removeAllListeners('error');
  const bound = (http.address() as AddressInfo).port;
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

function notListening(where: string, cause: NodeJS.ErrnoException): PrefishError {
  const message = `The server cannot listen on ${where}`;
  const told = {
    EADDRINUSE: [`${message}: something listens there already`, 'Choose another port: --listen HOST:PORT'],
    EACCES: [`${message}: that port is not for every user`, 'Choose one from 1024 on: --listen HOST:PORT'],
    EADDRNOTAVAIL: [`${message}: this machine has no such address`, 'prefish serve --listen 127.0.0.1:8377'],
  }[cause.code ?? ''];
  const [said = `${message}: ${errorMessage(cause)}`, hint] = told ?? [];
  return new PrefishError('PREFISH_SERVER_START', said, { cause, ...(hint !== undefined && { hint }) });
}

/** Takes a certificate that was renewed, for the connections to come. @throws PREFISH_SERVER_START */
export function reloadCertificate(http: Server, tls: ServeOptions['tls']): void {
  if (tls !== undefined) (http as unknown as HttpsServer).setSecureContext(readCertificate(tls));
}

function readCertificate({ cert, key }: NonNullable<ServeOptions['tls']>): { cert: Buffer; key: Buffer } {
  try {
    const pair = { cert: readFileSync(cert), key: readFileSync(key) };
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new PrefishError('PREFISH_SERVER_START', `There is no file ${path ?? `${cert} or ${key}`}`, {
        hint: '--tls-cert and --tls-key name the certificate and its key, both as PEM.',
        cause,
      });
    }
    throw new PrefishError(
      'PREFISH_SERVER_START',
      `The certificate ${cert} and its key ${key} cannot be used: ${errorMessage(cause)}`,
      { hint: 'Both are PEM files, and belong to each other.', cause },
    );
  }
}
