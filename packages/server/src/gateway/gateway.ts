import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { modelApis, type EventBody, type ModelAccess, type ModelApi } from '@prefish/protocol';
import { mayReachLiterally } from '../egress/egress-rules.ts';
import { parseHostPattern } from '../egress/host-pattern.ts';
import { listen } from '../listen-on-socket.ts';
import { isModelEndpoint } from './endpoints.ts';
import { agentFor, forward, portOf, type Upstream } from './forward.ts';
import { refuse } from './refusal.ts';
import { joinUrl, readTarget } from './request-target.ts';
import { showsToken } from './token.ts';

/** What a gateway lets whom use. */
export interface GatewayOptions {
  readonly socketPath: string;
  readonly models: readonly ModelAccess[];
  /** What a request has to show in place of the credential. */
  readonly token: string;
  /** The hosts with a private address that models may be at; absent: any. */
  readonly reach?: readonly string[] | undefined;
  /** Takes what the task's transcript should say. */
  readonly report: (event: EventBody) => void;
  /** The longest body of a request, in bytes. Default: 64 MiB. */
  readonly maxBody?: number;
}

/** The gateway of one attempt, while it is open. */
export interface Gateway {
  /** Ends what is under way, and removes the socket. */
  close(): Promise<void>;
}

const defaultMaxBody = 64 * 2 ** 20;
/** How many requests an attempt may have under way: one connection can carry any number of them. */
const maxRequests = 256;

/**
 * Opens the way from one attempt to its models: HTTP on a socket, `/anthropic/…`, `/openai/…`, `/google/…`.
 * A request shows the attempt's token; the credential takes its place here, outside of the sandbox. Only
 * what uses models is let through.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { socketPath, models, token, report, maxBody = defaultMaxBody } = options;
  const reach = options.reach?.map(parseHostPattern);
  const said = new Set<string>();
  const upstreams = new Map(
    models.map((access): [ModelApi, Upstream] => [
      access.api,
      { access, agent: agentFor(access, reach), maxBody, reportOnce },
    ]),
  );
  let underWay = 0;
  const server = createServer((request, response) => answer(request, response));
  server.maxConnections = 2 * maxRequests;
  await listen(server, socketPath);
  return {
    async close() {
      await closeServer(server);
      for (const { agent } of upstreams.values()) agent.destroy();
    },
  };

  function reportOnce(key: string, event: EventBody): void {
    if (said.has(key)) return;
    said.add(key);
    report(event);
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const target = readTarget(request.url ?? '');
    if (target === undefined)
      return refuse(response, undefined, 400, 'the path of the request is not plain.');
    const { path, query } = target;
    const api = modelApis.find((name) => name === target.api);
    if (!showsToken(request.headers, query, token)) {
      return refuse(response, api, 401, 'the request does not show the token of this task.');
    }
    const upstream = api === undefined ? undefined : upstreams.get(api);
    if (api === undefined || upstream === undefined) {
      return refuse(response, api, 404, `this task has no leave to use /${target.api}.`);
    }
    const method = request.method ?? 'GET';
    if (!isModelEndpoint(api, method, path)) {
      return refuse(response, api, 403, `tasks only use models, and ${method} ${path} is something else.`);
    }
    if (underWay === maxRequests) {
      return refuse(response, api, 429, `this task has ${maxRequests} requests under way already.`);
    }
    const { url } = upstream.access;
    if (reach !== undefined && !mayReachLiterally(reach, new URL(url).hostname, portOf(url))) {
      return refuse(response, api, 403, `${url} is at a private address, and this server does not list it.`);
    }
    underWay++;
    response.once('close', () => underWay--);
    forward(upstream, joinUrl(upstream.access.url, path, query), request, response);
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
