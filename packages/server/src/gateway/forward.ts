import * as http from 'node:http';
import * as https from 'node:https';
import { pipeline } from 'node:stream';
import { errorMessage, type EventBody, type ModelAccess } from '@prefish/protocol';
import { incomingHeaders, outgoingHeaders } from './headers.ts';
import { limitBytes } from './limit-bytes.ts';
import { redact } from './redact.ts';
import { refuse } from './refusal.ts';

/** The API behind a gateway. */
export interface Upstream {
  readonly access: ModelAccess;
  /** The longest body of a request, in bytes. */
  readonly maxBody: number;
  /** Tells something, the first time that it happens. */
  readonly reportOnce: (key: string, event: EventBody) => void;
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
  const { access, maxBody } = upstream;
  const { request: send } = url.protocol === 'https:' ? https : http;
  const outgoing = send(url, {
    method: request.method ?? 'GET',
    headers: outgoingHeaders(request.headers, access),
  });
  response.once('close', () => outgoing.destroy());
  outgoing.once('response', (answer) => sendBack(upstream, url, answer, response));
  outgoing.on('error', (error) => {
    // Once an answer is on its way, its own stream tells of its end.
    if (!response.headersSent && !response.destroyed) unreachable(upstream, url, error, response);
  });
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
  { access, reportOnce }: Upstream,
  url: URL,
  answer: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const status = answer.statusCode ?? 502;
  if (status === 401) {
    reportOnce('refused', {
      type: 'warning',
      code: 'PREFISH_MODEL_UNREACHABLE',
      message: `${url.host} does not take the credential of this task (401)`,
    });
  }
  const headers = incomingHeaders(answer.headers, access.secret);
  if (status >= 200 && status < 300) {
    response.writeHead(status, headers);
    // A model may think for long before its first word.
    response.flushHeaders();
    pipeline(answer, response, () => {});
    return;
  }
  // An API may repeat what it was sent when it refuses it.
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.destroy();
    refuse(
      response,
      access.api,
      502,
      `${url.host} answered ${status}, in an encoding that it was not asked for.`,
    );
    return;
  }
  delete headers['content-length'];
  response.writeHead(status, headers);
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
