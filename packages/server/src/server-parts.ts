import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import {
  PrefishError,
  maxLineBytes,
  protocolVersion,
  type Network,
  type ServerInfo,
  type SignInCode,
  type Task,
} from '@prefish/protocol';
import type { Hono } from 'hono';
import { createApp } from './api/app.ts';
import type { ApiEnvironment } from './api/caller.ts';
import type { Cluster } from './cluster/cluster.ts';
import { joinAsWorker, shareOf } from './cluster/share.ts';
import { Credentials } from './credentials/credentials.ts';
import { EventFeed } from './events/event-feed.ts';
import { Housekeeping } from './housekeeping/housekeeping.ts';
import type { Retention } from './housekeeping/retention.ts';
import { Submissions } from './queue/submissions.ts';
import { UnfinishedMarker } from './queue/unfinished-marker.ts';
import { withWaitingReason } from './queue/waiting-reason.ts';
import { createRepositories, mirrorsOf } from './repositories/mirrors.ts';
import type { Repositories } from './repositories/repositories.ts';
import { tidyMirrors } from './repositories/tidy-mirrors.ts';
import { createSandbox } from './sandbox/create-sandbox.ts';
import { hiddenKey } from './sandbox/hidden-key.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Closers, ServerOptions } from './server.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { openTaskRunner, type TaskRunnerOptions } from './task-runner.ts';

/** Everything of a server but what makes it reachable. */
export interface ServerParts {
  readonly store: Store;
  readonly repositories: Repositories;
  readonly sandbox: Sandbox;
  /** The largest pack that a push may bring, in bytes. */
  readonly packBytes: number;
  /** Frees what no task of an owner needs: what is kept to begin them quickly, and what is left of those that were removed; not what was used within a minute. */
  freeUnneeded(owner: string): Promise<void>;
  /** The API, for whoever a request comes with. */
  createApi(options: ApiOptions): Hono<ApiEnvironment>;
  /** Aborted when the server begins to close. */
  readonly closing: AbortSignal;
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
  /** {@link import('./api/app.ts').AppOptions.keepAlive} */
  readonly keepAlive?: number;
  /** What a server asks that others use too. */
  readonly elsewhere?: ConstructorParameters<typeof Submissions>[0]['elsewhere'];
}

/** How long answers that are under way may take once the server closes, in milliseconds. */
const closeGrace = 1000;
/** How often connections without a request are closed by then, in milliseconds. */
const idlePause = 50;
/** For how long, in seconds, nobody has used what goes where an owner has no room left. */
const unusedSeconds = 60;
const networks: readonly [Network, ...Network[]] = ['full', 'allowlist', 'none'];
const limits: ServerInfo['limits'] = { lineBytes: maxLineBytes, packBytes: 8 * 2 ** 30, tasks: 10_000 };

/** Brings up everything behind the listener. Each part adds what closes it. */
export async function openParts(
  options: ServerOptions,
  closing: AbortSignal,
  closers: Closers,
): Promise<ServerParts> {
  const { folder, socketPath, place, offer, log } = options;
  const concurrency = options.concurrency ?? Math.max(2, availableParallelism());
  const cluster = await openCluster(options, closers);
  const store = cluster?.store ?? openStore(folder, closers);
  const repositories = createRepositories({ folder, packBytes: limits.packBytes });
  const restricted = options.restricted ?? options.serve !== undefined;
  const sandbox = createSandbox(restricted ? { mode: 'bwrap' } : {});
  const credentials = new Credentials({ folder: join(folder, 'credentials'), store, log });
  closers.push(() => credentials.close());

  const marker = new UnfinishedMarker({ path: join(folder, 'unfinished'), store, log });
  closers.push(() => marker.close());
  await marker.refresh();
  const runner = await openTaskRunner(
    {
      store,
      repositories,
      sandbox,
      credentials,
      folder,
      data: folder,
      socketPath,
      offer,
      hidden: () => (options.serve?.tls === undefined ? [] : hiddenKey(options.serve.tls.key)),
      restricted,
      concurrency,
      mostOfOwner: options.serve?.limits?.running,
      drain: options.drain,
      log,
      run: options.run,
      ...(cluster !== undefined && (await clusterShare(cluster, options, concurrency, closers))),
    },
    closers,
  );
  const { dispatcher } = runner;
  const queue = cluster?.workers ?? dispatcher;
  await credentials.sweep();

  const feed = new EventFeed(store);
  closers.push(() => feed.close());
  const streams = new AbortController();
  const retention = async (): Promise<Partial<Retention> | undefined> => (await offer()).retention;
  const housekeeping = new Housekeeping({
    folder,
    store,
    repositories,
    log,
    retention,
    tidyCaches: (asked) => runner.tidy(asked),
  });
  closers.push(() => housekeeping.close());

  return {
    store,
    repositories,
    sandbox,
    packBytes: limits.packBytes,
    closing,
    async freeUnneeded(owner) {
      const asked = { dryRun: false, signal: closing };
      await runner.tidy({ ...asked, idle: unusedSeconds, owner });
      const mirrors = { grace: unusedSeconds, unused: Infinity, thorough: true, forgetLatest: true };
      await tidyMirrors(mirrorsOf(folder, owner), { ...asked, ...mirrors });
    },
    createApi: ({ pageUrl, signInCode, keepAlive, elsewhere }) =>
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
        shown: (task, owner) =>
          withWaitingReason(task, {
            ...queue.workers,
            own: { running: queue.runningOf(owner), most: options.serve?.limits?.running ?? Infinity },
            isClosing: cluster === undefined && closing.aborted,
          }),
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
        liveDiff: (stored, signal) => {
          if (cluster !== undefined && !dispatcher.runs(stored.task.id)) throw runsElsewhere(stored.task);
          return runner.liveDiff(stored, signal);
        },
        ...(signInCode !== undefined && { signInCode }),
        log,
        keepAlive,
        closing,
        signal: streams.signal,
      }),
    closeHttp: (http, grace) => closeHttp(http, streams, grace),
    run: () => runner.run(),
  };
}

function openStore(folder: string, closers: Closers): Store {
  const store = openSqliteStore({ path: join(folder, 'tasks.db') });
  closers.push(() => store.close());
  return store;
}

/** Loaded only where servers share a database: the server of one machine needs none of it. */
async function openCluster(
  { database, folder, log }: ServerOptions,
  closers: Closers,
): Promise<Cluster | undefined> {
  if (database === undefined) return undefined;
  const { joinCluster } = await import('./cluster/cluster.ts');
  const cluster = await joinCluster({ database, data: folder, mayClaim: true, log });
  closers.push(() => cluster.close());
  return cluster;
}

/** What a server that shares its database runs tasks with. One that runs none has no folder for it. */
async function clusterShare(
  cluster: Cluster,
  { folder, socketPath, workersFolder = join(folder, 'workers') }: ServerOptions,
  concurrency: number,
  closers: Closers,
): Promise<Partial<TaskRunnerOptions>> {
  return concurrency === 0
    ? shareOf(cluster, 'none')
    : joinAsWorker(cluster, { folder: workersFolder, sockets: dirname(socketPath), concurrency }, closers);
}

/** A task whose files are on another host. */
function runsElsewhere({ id, number }: Task): PrefishError {
  return new PrefishError(
    'PREFISH_TASK_STATE',
    `Task ${id} is run by another process; what it changes is seen there.`,
    {
      hint: `prefish tasks diff ${number} shows it once the task has ended.`,
    },
  );
}

async function closeHttp(http: Server, streams: AbortController, grace = closeGrace): Promise<void> {
  streams.abort();
  if (!http.listening) return;
  const closed = new Promise((resolve) => http.close(resolve));
  // One that was kept open for the next request is idle only once this one is answered.
  const idle = setInterval(() => http.closeIdleConnections(), idlePause);
  const force = setTimeout(() => http.closeAllConnections(), grace);
  await closed;
  clearTimeout(force);
  clearInterval(idle);
}
