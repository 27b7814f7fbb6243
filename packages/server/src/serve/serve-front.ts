import { join } from 'node:path';
import process from 'node:process';
import type { HttpBindings } from '@hono/node-server';
import { errorMessage } from '@prefish/protocol';
import { usualKeepAlive } from '../api/event-route.ts';
import { AuditKeeper } from '../auth/audit-retention.ts';
import { Accounts } from '../auth/accounts.ts';
import { LiveGrants } from '../auth/live-grants.ts';
import { RateLimit } from '../auth/rate-limit.ts';
import type { Closers, Front, ServerOptions } from '../server.ts';
import type { ServerParts } from '../server-parts.ts';
import { Sessions } from '../web/sessions.ts';
import { SignInCodes } from '../web/sign-in-codes.ts';
import { createAccountApp } from './account-app.ts';
import { accountsPath } from './accounts-path.ts';
import { checkExposure, exposureWarning } from './exposure.ts';
import { lastWords } from './last-words.ts';
import { createListener, listenOn, reloadCertificate } from './listener.ts';
import { Metrics } from './metrics.ts';
import { Quotas } from './quotas.ts';
import { createServeApp } from './serve-app.ts';
import { defaultLimits, type ServeLimits, type ServeOptions } from './serve-options.ts';
import { servePage } from './serve-page.ts';

/** How long answers that are under way may take once the server closes, in milliseconds. */
const closeGrace = 5000;
/** Codes that one address may try: at once, and then one every six seconds. */
const codeRate = { burst: 10, perSecond: 1 / 6 };
/** Codes that were none, of all addresses, that are written down: no stranger fills the disk. */
const refusalRate = { burst: 100, perSecond: 1 };
/** Requests of one address that nobody vouches for. */
const strangerRate = { burst: 1000, perSecond: 100 };

/**
 * Lets in those who have an account, over TCP: the API, git and the page on one port.
 *
 * @throws PREFISH_SERVER_START where strangers could get in, PREFISH_STORE_CORRUPT, PREFISH_PAGE_MISSING
 */
export async function openServeFront(
  options: ServerOptions & { readonly serve: ServeOptions },
  parts: ServerParts,
  closers: Closers,
): Promise<Front> {
  const { folder, serve, log, version } = options;
  const limits: ServeLimits = { ...defaultLimits, ...serve.limits };
  const { store, repositories } = parts;
  const accounts = new Accounts(accountsPath(folder));
  closers.push(() => accounts.close());
  checkExposure(serve, !(await accounts.isEmpty()));
  const warning = exposureWarning(serve);
  if (warning !== undefined) log('warn', warning);
  const audit = new AuditKeeper(accounts, serve.audit ?? {}, log);
  closers.push(() => audit.close());
  const grants = new LiveGrants(accounts, log);
  closers.push(() => grants.close());
  const metrics = new Metrics(store);
  closers.push(() => metrics.close());
  const quotas = new Quotas({
    store,
    limits,
    folder,
    freeUnneeded: (account) => parts.freeUnneeded(account),
  });
  const sessions = new Sessions({ path: join(folder, 'page', 'sessions.json'), log });
  closers.push(() => sessions.close());
  const codes = new SignInCodes();
  const attempts = new RateLimit(codeRate);
  const refusals = new RateLimit(refusalRate);
  const refused = async (address: string): Promise<void> => {
    if (refusals.take('all') === 0) await accounts.record('login.refused', { address });
  };

  const api = parts.createApi({
    elsewhere: { admit: (account) => quotas.admitTask(account), most: limits.tasks },
    // A stream that is quiet is none that stands still.
    ...(serve.idle !== undefined && { keepAlive: Math.min(usualKeepAlive, serve.idle / 3) }),
  });
  const account = createAccountApp({
    api,
    accounts,
    grants,
    quotas,
    requests: new RateLimit({ burst: limits.requests * 4, perSecond: limits.requests }),
    concurrent: limits.concurrent,
    git: {
      repositories,
      admitBytes: async (owner) => Math.min(parts.packBytes, await quotas.admitBytes(owner)),
      pushed: (owner) => quotas.changed(owner),
      transfers: limits.transfers,
      log,
    },
    signInCode: ({ owner, scope }) => codes.create({ account: owner, scope }),
    metrics: () => metrics.text(),
    log,
  });
  const page = servePage({ serve, account, accounts, sessions, codes, attempts, refused, log });
  const app = createServeApp({
    serve,
    accounts,
    quotas,
    api,
    account,
    page,
    attempts,
    strangers: new RateLimit(strangerRate),
    refused,
    log,
  });
  const answer = async (request: Request, bindings: HttpBindings): Promise<Response> => {
    const response = await app.fetch(request, bindings);
    metrics.answered(request.method, response.status);
    // The next request goes to a server that stays.
    if (parts.closing.aborted) response.headers.set('connection', 'close');
    return response;
  };
  const http = createListener(serve.tls, answer, {
    ...(serve.idle !== undefined && { idle: serve.idle }),
    // All come from the proxy.
    ...(serve.behindProxy === true && { connectionsOfAddress: Infinity }),
  });
  let began: number | undefined;
  parts.closing.addEventListener('abort', () => (began = performance.now()), { once: true });
  closers.push(() => {
    const left = (options.drain ?? 0) - (performance.now() - (began ?? performance.now()));
    return parts.closeHttp(http, Math.max(closeGrace, left));
  });
  closers.push(lastWords(store, parts.closing));
  parts.run();
  void parts.sandbox.report().then(({ kind, reason, hint }) => {
    if (kind === 'none') log('error', 'no sandbox works here: every task is refused', { reason, hint });
  });
  const url = await listenOn(http, serve);
  http.on('error', (error) => log('error', 'the listener failed', { error: errorMessage(error) }));
  log('info', 'the server answers', { pid: process.pid, version, url });
  return { url, reloadCertificate: () => reloadCertificate(http, serve.tls) };
}
