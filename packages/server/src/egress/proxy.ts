import {
  createServer,
  request as send,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { pipeline, type Duplex } from 'node:stream';
import type { EventBody } from '@prefish/protocol';
import { listen } from '../listen-on-socket.ts';
import { connectAllowed, type Refusal } from './connect-allowed.ts';
import type { EgressRules } from './egress-rules.ts';

/** Whom a proxy lets where. */
export interface EgressProxyOptions {
  readonly socketPath: string;
  readonly rules: EgressRules;
  /** Takes what the task's transcript should say. */
  readonly report: (event: EventBody) => void;
}

/** The proxy of one attempt, while it is open. */
export interface EgressProxy {
  /** Ends every connection, and removes the socket. */
  close(): Promise<void>;
}

/** How many connections an attempt may have at once, and how many requests: one connection can carry any number. */
const maxConnections = 512;
/** Of how many refused hosts the transcript tells: a task may try any number of names. */
const maxWarnings = 50;
/** What is said to the proxy and not to who is behind it (RFC 9110, 7.6.1). */
const hopByHop = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/;

/**
 * Opens the way from one attempt to the hosts that it may reach: an HTTP proxy on a socket, for CONNECT and
 * for absolute `http:` URLs.
 */
export async function openEgressProxy(options: EgressProxyOptions): Promise<EgressProxy> {
  const { rules } = options;
  const closing = new AbortController();
  const tunnels = new Set<Duplex>();
  const warned = new Set<string>();
  let underWay = 0;
  const server = createServer((request, response) => {
    if (underWay === maxConnections) {
      return answer(response, 503, `this task has ${maxConnections} requests under way already.`);
    }
    underWay++;
    response.once('close', () => underWay--);
    void relay(request, response);
  });
  server.maxConnections = maxConnections;
  server.on('connect', (request, socket, head) => void tunnel(request, socket, head));
  await listen(server, options.socketPath);
  return {
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of tunnels) socket.destroy();
      server.closeAllConnections();
      await closed;
    },
  };

  async function tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    tunnels.add(socket);
    socket.on('error', () => {}).once('close', () => tunnels.delete(socket));
    const target = readAuthority(request.url ?? '');
    if (target === undefined) {
      socket.end(plainAnswer(400, 'Bad Request', 'a CONNECT names host:port.'));
      return;
    }
    const connection = await connectAllowed(rules, target.host, target.port, closing.signal);
    if ('refusal' in connection) {
      const { refusal } = connection;
      warn(target.host, refusal);
      const [status, phrase] = statusOf(refusal);
      socket.end(plainAnswer(status, phrase, words(refusal)));
      return;
    }
    const { socket: upstream } = connection;
    upstream.on('error', () => {});
    if (socket.destroyed) return void upstream.destroy();
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    pipeline(socket, upstream, socket, () => {});
  }

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = readAbsolute(request.url ?? '');
    if (url === undefined) {
      return answer(response, 400, 'this is a proxy: it takes absolute http: URLs, and CONNECT.');
    }
    const port = Number(url.port || 80);
    const connection = await connectAllowed(rules, url.hostname, port, closing.signal);
    if ('refusal' in connection) {
      warn(url.hostname, connection.refusal);
      return answer(response, statusOf(connection.refusal)[0], words(connection.refusal));
    }
    const { socket } = connection;
    if (response.destroyed) return void socket.destroy();
    // Node frames the bodies of some methods only where it is told to.
    const isChunked = request.headers['transfer-encoding'] !== undefined;
    const outgoing = send({
      createConnection: () => socket,
      method: request.method ?? 'GET',
      path: `${url.pathname}${url.search}`,
      headers: {
        ...passedOn(request.headers),
        host: url.host,
        ...(isChunked && { 'transfer-encoding': 'chunked' }),
      },
    });
    response.once('close', () => outgoing.destroy());
    const sendBack = (reply: IncomingMessage): void => {
      const { statusCode: status = 0 } = reply;
      if (status < 200) {
        reply.destroy();
        return answer(response, 502, `${url.host} answered ${status}, which nobody asked for.`);
      }
      response.writeHead(status, passedOn(reply.headers));
      pipeline(reply, response, () => {});
    };
    outgoing.once('response', sendBack).once('upgrade', sendBack);
    outgoing.on('error', () => {
      if (!response.headersSent && !response.destroyed) {
        answer(response, 502, `${url.host} ended the connection.`);
      }
    });
    request.pipe(outgoing);
  }

  function warn(host: string, { reason, message, hint }: Refusal): void {
    if (reason === 'unreachable' || warned.has(host) || warned.size >= maxWarnings) return;
    warned.add(host);
    options.report({
      type: 'warning',
      code: 'PREFISH_NETWORK_DENIED',
      message,
      ...(hint !== undefined && { hint }),
    });
  }
}

function readAuthority(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^\s:/@?#[\]]+):(\d{1,5})$/i.exec(text) ?? [];
  const number = Number(port);
  return host === '' || number === 0 || number > 65_535 ? undefined : { host, port: number };
}

function readAbsolute(text: string): URL | undefined {
  const url = /^http:\/\//i.test(text) ? URL.parse(text) : null;
  return url ?? undefined;
}

function statusOf({ reason }: Refusal): [403 | 502, string] {
  return reason === 'unreachable' ? [502, 'Bad Gateway'] : [403, 'Forbidden'];
}

function words({ message, hint }: Refusal): string {
  return hint === undefined ? `${message}.` : `${message}. ${hint}`;
}

function passedOn(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !hopByHop.test(name)),
  ) as OutgoingHttpHeaders;
}

function answer(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`prefish: ${message}\n`);
}

function plainAnswer(status: number, phrase: string, message: string): string {
  const text = `prefish: ${message}\n`;
  return [
    `HTTP/1.1 ${status} ${phrase}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
    '',
    text,
  ].join('\r\n');
}
