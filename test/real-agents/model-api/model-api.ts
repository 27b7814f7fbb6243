import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { anthropic } from './anthropic.ts';
import { google } from './google.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { instanceOf } from './json-schema.ts';
import type { Protocol, Reply } from './protocol.ts';
import { directivesOf, type Turn } from './script.ts';
import { callFor } from './tools.ts';

/** A credential as a client shows it. */
export interface Credential {
  /** The header, or `?key`. */
  readonly header: string;
  readonly value: string;
}

/** What was asked of the API. */
export interface ModelRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly credentials: readonly Credential[];
  readonly model?: string;
  /** The status of the answer; absent while it hangs. */
  status?: number;
}

/** A model API on loopback that does what its prompts say. */
export interface ModelApi extends AsyncDisposable {
  /** Where each of its APIs begins, their versions left out. */
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  /** How many requests it will never answer, and whose client still waits. */
  readonly hanging: number;
}

const protocols: readonly Protocol[] = [anthropic, openaiResponses, openaiChat, google];
const credentialHeaders = ['x-api-key', 'authorization', 'x-goog-api-key'];

/**
 * Starts one. A prompt tells it what to do, one directive a line: `FAKE say TEXT`, `FAKE write PATH <<TEXT`,
 * `FAKE bash COMMAND`, `FAKE hang`. It speaks Anthropic's, OpenAI's and Google's protocols, whole or
 * streamed, and uses the tools that the client offers.
 *
 * @param secret the only credential that it takes; any other is a 401
 */
export async function startModelApi(
  secret: string,
  options: { readonly port?: number; readonly seen?: (request: ModelRequest) => void } = {},
): Promise<ModelApi> {
  const requests: ModelRequest[] = [];
  let hanging = 0;
  const hang = (response: ServerResponse): void => {
    hanging += 1;
    response.once('close', () => (hanging -= 1));
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    // A HEAD or GET has no body.
    // oxlint-disable-next-line typescript/no-explicit-any -- JSON of another program.
    const body: any = await json(request).catch(() => undefined);
    const seen: ModelRequest = {
      method: request.method!,
      path: pathname,
      headers: request.headers,
      credentials: credentialsOf(request, searchParams),
      ...(typeof body?.model === 'string' ? { model: body.model } : {}),
    };
    requests.push(seen);
    response.once('finish', () => {
      seen.status = response.statusCode;
      options.seen?.(seen);
    });
    if (seen.credentials.length === 0 || seen.credentials.some(({ value }) => value !== secret)) {
      return sendJson(response, 401, {
        error: { type: 'authentication_error', message: 'Wrong credential' },
      });
    }
    const protocol = protocols.find(({ takes }) => request.method === 'POST' && takes(pathname));
    if (protocol === undefined) return sendSmall(response, pathname);
    const turn = protocol.read(body, pathname);
    const reply = replyTo(turn, requests.length);
    if (reply === 'never') return hang(response);
    if (turn.stream) return sendStream(response, protocol, turn, reply);
    return sendJson(response, 200, protocol.whole(turn, reply));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get hanging() {
      return hanging;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the model answers to a turn, or that it never does. */
function replyTo(turn: Turn, number: number): Reply | 'never' {
  if (turn.schema !== undefined) return { text: JSON.stringify(instanceOf(turn.schema)) };
  // Titles and summaries are asked for without tools: only who has them does the work.
  const steps = turn.tools.length === 0 ? undefined : directivesOf(turn);
  if (steps === undefined) return { text: 'A title' };
  const text = steps.map((step) => (step.does === 'say' ? step.text : '')).join('');
  const last = steps.at(-1);
  if (last?.does === 'hang') return 'never';
  if (last?.does === 'write' || last?.does === 'bash') {
    return { text, call: { id: `call_${number}`, ...callFor(turn.tools, last) } };
  }
  return { text: text === '' ? 'Done.' : text };
}

function credentialsOf({ headers }: IncomingMessage, query: URLSearchParams): Credential[] {
  const shown = credentialHeaders.flatMap((header) => {
    const value = headers[header];
    return typeof value === 'string' ? [{ header, value: value.replace(/^Bearer /i, '') }] : [];
  });
  const key = query.get('key');
  return key === null ? shown : [...shown, { header: '?key', value: key }];
}

/** What is asked for beside answers: which models there are, how long a text is. */
function sendSmall(response: ServerResponse, path: string): void {
  if (/^\/v1\/messages\/count_tokens$/.test(path)) return sendJson(response, 200, { input_tokens: 10 });
  if (path.endsWith(':countTokens')) return sendJson(response, 200, { totalTokens: 10 });
  if (path.endsWith('/models')) return sendJson(response, 200, { object: 'list', data: [], models: [] });
  sendJson(response, 404, { error: { type: 'not_found_error', message: `No such endpoint: ${path}` } });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendStream(response: ServerResponse, protocol: Protocol, turn: Turn, reply: Reply): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const { event, data } of protocol.pieces(turn, reply)) {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`);
  }
  response.end();
}
