import { existsSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import process from 'node:process';
import {
  maxLineBytes,
  protocolVersion,
  type Network,
  type ServerInfo,
  type SignInCode,
} from '@prefish/protocol';
import type { Hono } from 'hono';
import { createApp } from './api/app.ts';
import type { ApiEnvironment } from './api/caller.ts';
import { Credentials } from './credentials/credentials.ts';
import { EventFeed } from './events/event-feed.ts';
import { Housekeeping } from './housekeeping/housekeeping.ts';
import type { Retention } from './housekeeping/retention.ts';
import { Dispatcher } from './queue/dispatcher.ts';
import { reconcile } from './queue/reconciliation.ts';
import { Submissions } from './queue/submissions.ts';
import { UnfinishedMarker } from './queue/unfinished-marker.ts';
import { withWaitingReason } from './queue/waiting-reason.ts';
import { createRepositories } from './repositories/mirrors.ts';
import type { Repositories } from './repositories/repositories.ts';
import { createSandbox } from './sandbox/create-sandbox.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Closers, ServerOptions } from './server.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import type { Lease, Store } from './store/store.ts';
import { Dependencies } from './worker/setup/dependencies.ts';
import { TaskTrees } from './worker/tree/task-trees.ts';
import { createRunAttempt } from './worker/run-attempt.ts';
import { removeWorkFolders, workFolderPath } from './worker/work-folder.ts';

/** Everything of a server but what makes it reachable. */
export interface ServerParts {
  readonly store: Store;
  readonly repositories: Repositories;
  readonly sandbox: Sandbox;
  /** The largest pack that a push may bring, in bytes. */
  readonly packBytes: number;
  /** The API, for whoever a request comes with. */
  createApi(options: ApiOptions): Hono<ApiEnvironment>;
  /** Ends what clients follow, and frees a port or socket once what is under way is answered, or `grace` milliseconds are over. */
  closeHttp(http: Server, grace?: number): Promise<void>;
  /** Begins to run tasks. Comes behind everything that shows how they end: it is closed first. */
  run(): void;
}

/** What depends on how the API is reached. */
export interface ApiOptions {
  /** Where the page is, when it is there. */
  readonly pageUrl?: () => string | undefined;
  /** Lets one browser in. */
  readonly signInCode?: () => Promise<SignInCode>;
  /** What a server asks that others use too. */
  readonly elsewhere?: ConstructorParameters<typeof Submissions>[0]['elsewhere'];
}

/** How long answers that are under way may take once the server closes, in milliseconds. */
const closeGrace = 1000;
const networks: readonly [Network, ...Network[]] = ['full', 'allowlist', 'none'];
const limits: ServerInfo['limits'] = { lineBytes: maxLineBytes, packBytes: 8 * 2 ** 30, tasks: 10_000 };

/** Brings up everything behind the listener. Each part adds what closes it. */
export async function openParts(
  options: ServerOptions,
  closing: AbortSignal,
  closers: Closers,
): Promise<ServerParts> {
  const { folder, socketPath, place, offer, log } = options;
  const store = openSqliteStore({ path: join(folder, 'tasks.db') });
  closers.push(() => store.close());
  const repositories = createRepositories({ folder, packBytes: limits.packBytes });
  const restricted = options.restricted ?? options.serve !== undefined;
  const sandbox = createSandbox(restricted ? { mode: 'bwrap' } : {});
  const credentials = new Credentials({ folder: join(folder, 'credentials'), store, log });
  closers.push(() => credentials.close());
  const sockets = taskSockets(socketPath);
  closers.push(() => rm(sockets, { recursive: true, force: true }));
  const trees = new TaskTrees(folder);
  const dependencies = new Dependencies(folder);
  const run =
    options.run ??
    createRunAttempt({
      repositories,
      sandbox,
      credentials,
      folder,
      sockets,
      trees,
      dependencies,
      offer,
      get hidden() {
        return [dirname(socketPath), ...keyOf(options)];
      },
      restricted,
    });

  const marker = new UnfinishedMarker({ path: join(folder, 'unfinished'), store, log });
  closers.push(() => marker.close());
  await marker.refresh();
  const workFolder = ({ id, attempt }: Lease): string => workFolderPath(folder, id, attempt);
  await reconcile({ store, log, everything: true, workFolder });
  await credentials.sweep();

  const feed = new EventFeed(store);
  closers.push(() => feed.close());
  const streams = new AbortController();
  const concurrency = options.concurrency ?? Math.max(2, availableParallelism());
  const dispatcher = new Dispatcher({ store, run, concurrency, log, workFolder });

  const retention = async (): Promise<Partial<Retention> | undefined> => (await offer()).retention;
  const housekeeping = new Housekeeping({
    folder,
    store,
    repositories,
    log,
    retention,
    tidyCaches: async (asked) => (await trees.tidy(asked)) + (await dependencies.tidy(asked)),
  });
  closers.push(() => housekeeping.close());

  return {
    store,
    repositories,
    sandbox,
    packBytes: limits.packBytes,
    createApi: ({ pageUrl, signInCode, elsewhere }) =>
      createApp({
        store,
        feed,
        repositories,
        submissions: new Submissions({
          store,
          repositories,
          sandbox,
          credentials,
          marker,
          place,
          offer,
          networks,
          limit: limits.tasks,
          ...(elsewhere !== undefined && { elsewhere }),
        }),
        housekeeping,
        folder,
        shown: (task) => withWaitingReason(task, dispatcher.workers),
        send: (id, input) => dispatcher.send(id, input),
        info: async (owner): Promise<ServerInfo> => {
          const [{ kind, reason }, parts] = await Promise.all([
            sandbox.report(),
            sandbox.parts((await offer()).limits),
          ]);
          const { prefixes } = await offer();
          const url = pageUrl?.();
          return {
            version: options.version,
            protocol: protocolVersion,
            pid: process.pid,
            place,
            embedded: elsewhere === undefined,
            prefixes,
            sandbox: { kind, ...(reason !== undefined && { reason }), parts },
            networks,
            limits,
            ...(url !== undefined && { url }),
            ...(await store.counts(owner)),
          };
        },
        liveDiff: async (stored, signal) => {
          const { liveDiff } = await import('./worker/live-diff.ts');
          return liveDiff({ repositories, folder, trees }, stored, signal);
        },
        ...(signInCode !== undefined && { signInCode }),
        log,
        closing,
        signal: streams.signal,
      }),
    closeHttp: (http, grace) => closeHttp(http, streams, grace),
    run() {
      closers.push(() => dispatcher.close());
      // Clients are answered while the workspaces of lost attempts go; tasks begin after that.
      const cleaned = clean([folder, sockets], options, store).then(() => dispatcher.start());
      closers.push(() => cleaned);
    },
  };
}

/** The file of the certificate's key, wherever a renewal has put it: links to it lead there. */
function keyOf({ serve }: ServerOptions): string[] {
  const key = serve?.tls?.key;
  return key === undefined || !existsSync(key) ? [] : [realpathSync(key)];
}

/**
 * Where attempts have their sockets: beside the server's own, in a folder named by it, with little more than
 * its length.
 */
function taskSockets(socketPath: string): string {
  return join(dirname(socketPath), `${basename(socketPath, extname(socketPath)).slice(0, 8)}.d`);
}

/** Removes sockets and workspaces that a killed server left; the latter unless something of an attempt could not be ended. */
async function clean(
  [folder, sockets]: readonly [string, string],
  { log }: ServerOptions,
  store: Store,
): Promise<void> {
  try {
    await rm(sockets, { recursive: true, force: true });
    if ((await store.expired({ everything: true })).length === 0) await removeWorkFolders(folder);
  } catch (error) {
    log('warn', 'workspaces of earlier attempts could not be removed', { error: String(error) });
  }
}

async function closeHttp(http: Server, streams: AbortController, grace = closeGrace): Promise<void> {
  streams.abort();
  if (!http.listening) return;
  const closed = new Promise((resolve) => http.close(resolve));
  const force = setTimeout(() => http.closeAllConnections(), grace);
  await closed;
  clearTimeout(force);
}
