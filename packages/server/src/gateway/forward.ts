import * as http from 'node:http';
import * as https from 'node:https';
import { pipeline } from 'node:stream';
import { errorMessage, type EventBody, type ModelAccess } from '@prefish/protocol';
import { guardedLookup } from '../egress/egress-rules.ts';
import type { HostPattern } from '../egress/host-pattern.ts';
import { incomingHeaders, outgoingHeaders } from './headers.ts';
import { limitBytes } from './limit-bytes.ts';
import { redact } from './redact.ts';
import { refuse } from './refusal.ts';

/** The API behind a gateway. */
export interface Upstream {
  readonly access: ModelAccess;
  /** Its connections: of one attempt alone, so that no task can leave something on another's. */
  readonly agent: http.Agent;
  /** The longest body of a request, in bytes. */
  readonly maxBody: number;
  /** Tells something, the first time that it happens. */
  readonly reportOnce: (key: string, event: EventBody) => void;
}

/**
 * The agent for an API's connections: through the proxy that the server's own variables name, if any.
 *
 * @param reach the hosts that may have a private address; absent: any
 */
export function agentFor({ url }: ModelAccess, reach?: readonly HostPattern[]): http.Agent {
  const { Agent } = new URL(url).protocol === 'https:' ? https : http;
  const guarded = reach !== undefined && { lookup: guardedLookup(reach, portOf(url)) };
  return new Agent({ keepAlive: true, proxyEnv: process.env, ...guarded });
}

/** The port that a URL leads to. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/**
 * Sends a request on with the real credential, and streams the answer back. Whoever leaves early takes the
 * other side along.
 */
export function forward(
  upstream: Upstream,
  url: URL,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const { access, agent, maxBody } = upstream;
  const { request: send } = url.protocol === 'https:' ? https : http;
  const { method = 'GET' } = request;
  // Node frames the body of no other method: it would be read as a further request.
  const hasBody = method === 'POST';
  const headers = outgoingHeaders(request.headers, access);
  if (!hasBody) delete headers['content-length'];
  const outgoing = send(url, { agent, method, headers });
  response.once('close', () => outgoing.destroy());
  outgoing.once('response', (answer) => sendBack(upstream, url, answer, response));
  outgoing.once('upgrade', (answer) => sendBack(upstream, url, answer, response));
  outgoing.on('error', (error) => {
    // Once an answer is on its way, its own stream tells of its end.
    if (!response.headersSent && !response.destroyed) unreachable(upstream, url, error, response);
  });
  if (!hasBody) {
    request.resume();
    outgoing.end();
    return;
  }
  const body = limitBytes(maxBody, () => {
    body.unpipe(outgoing);
    if (!response.headersSent) {
      refuse(response, access.api, 413, `the request is longer than ${maxBody} bytes.`);
    }
    outgoing.destroy();
  });
  request.pipe(body).pipe(outgoing);
}

function sendBack(
  upstream: Upstream,
  url: URL,
  answer: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const { access, reportOnce } = upstream;
  const { statusCode: status = 0 } = answer;
  if (status < 200) {
    answer.destroy();
    unreachable(upstream, url, new Error(`it answered ${status}, which is no status`), response);
    return;
  }
  if (status === 401) {
    reportOnce('refused', {
      type: 'warning',
      code: 'PREFISH_MODEL_UNREACHABLE',
      message: `${url.host} does not take the credential of this task (401)`,
    });
  }
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.destroy();
    const message = `${url.host} answered ${status}, in an encoding that it was not asked for.`;
    refuse(response, access.api, 502, message);
    return;
  }
  // An API may repeat what it was sent.
  const { 'content-length': _, ...headers } = incomingHeaders(answer.headers, access.secret);
  response.writeHead(status, headers);
  // A model may think for long before its first word.
  response.flushHeaders();
  pipeline(answer, redact(access.secret), response, () => {});
}

function unreachable(
  { access, reportOnce }: Upstream,
  url: URL,
  error: Error,
  response: http.ServerResponse,
): void {
  const message = `${url.host} cannot be reached: ${errorMessage(error)}`;
  reportOnce('unreachable', { type: 'warning', code: 'PREFISH_MODEL_UNREACHABLE', message });
  refuse(response, access.api, 502, `${message}.`);
}
