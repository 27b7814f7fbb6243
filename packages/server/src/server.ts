import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import process from 'node:process';
import { maxLineBytes, protocolVersion, type Network, type ServerInfo } from '@prefish/protocol';
import { createAdaptorServer } from '@hono/node-server';
import { createApp } from './api/app.ts';
import { localCaller } from './api/caller.ts';
import { Credentials } from './credentials/credentials.ts';
import { EventFeed } from './events/event-feed.ts';
import { listenOnSocket } from './listen-on-socket.ts';
import type { Log } from './log.ts';
import { Dispatcher } from './queue/dispatcher.ts';
import { reconcile } from './queue/reconciliation.ts';
import { Submissions } from './queue/submissions.ts';
import { UnfinishedMarker } from './queue/unfinished-marker.ts';
import { withWaitingReason } from './queue/waiting-reason.ts';
import { createRepositories } from './repositories/mirrors.ts';
import type { Offer } from './runtime.ts';
import { createSandbox } from './sandbox/create-sandbox.ts';
import { takeServerLock } from './server-lock.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import type { Lease, Store } from './store/store.ts';
import type { RunAttempt } from './worker/attempt.ts';
import { Page } from './web/page.ts';
import { createRunAttempt } from './worker/run-attempt.ts';
import { removeWorkFolders, workFolderPath } from './worker/work-folder.ts';

/** What the embedded server of a machine is started with. */
export interface ServerOptions {
  /** Where everything is kept: database, mirrors, workspaces, lock. Made when absent, for its owner alone. */
  readonly folder: string;
  /** The unix socket that it listens on. Its folder belongs to this user alone. */
  readonly socketPath: string;
  /** prefish's version, for clients. */
  readonly version: string;
  /** Where tasks run, for people: `this machine`. */
  readonly place: string;
  /** The prefish that runs inside tasks, and the lines that it takes. Asked each time: plugins come and go while the server runs. */
  offer(): Promise<Offer>;
  /** How many tasks run at once; as many as there are cores, and at least two, by default. */
  readonly concurrency?: number;
  readonly log: Log;
  /** Runs the attempts, instead of workspaces and sandboxes of this machine. */
  readonly run?: RunAttempt;
}

/** A server that answers. */
export interface RunningServer {
  /** Resolves once it has closed, whoever asked for it. */
  readonly closed: Promise<void>;
  /** Ends what runs, keeps what waits, and frees socket and lock. The same promise as {@link closed}. */
  close(): Promise<void>;
}

/** How long answers that are under way may take once the server closes, in milliseconds. */
const closeGrace = 1000;
const networks: readonly [Network, ...Network[]] = ['full', 'allowlist', 'none'];
const limits: ServerInfo['limits'] = { lineBytes: maxLineBytes, packBytes: 8 * 2 ** 30, tasks: 10_000 };

/**
 * Starts the server of this machine: takes its lock, settles what an earlier server left, runs what
 * waits, and answers on its socket.
 *
 * @throws AlreadyRunningError (code PREFISH_SERVER_START) when another process serves the folder;
 * PREFISH_SERVER_START, PREFISH_STORE_CORRUPT, PREFISH_STORE_VERSION, PREFISH_NO_SPACE
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { folder, socketPath, log } = options;
  const closers: (() => void | Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        log('error', 'a part of the server did not close', { error: String(error) });
      }
    }
  };

  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closers.push(takeServerLock(folder));
    const http = await startParts(options, closers);
    await listenOnSocket(http, socketPath);
    log('info', 'the server answers', { pid: process.pid, version: options.version, socket: socketPath });
  } catch (error) {
    await closeAll();
    throw error;
  }

  const closed = Promise.withResolvers<void>();
  let closing = false;
  return {
    closed: closed.promise,
    close() {
      if (!closing) {
        closing = true;
        log('info', 'the server closes');
        closed.resolve(closeAll().then(() => log('info', 'the server has closed')));
      }
      return closed.promise;
    },
  };
}

/** Brings up everything behind the socket. Each part adds what closes it. */
async function startParts(options: ServerOptions, closers: (() => void | Promise<void>)[]): Promise<Server> {
  const { folder, socketPath, place, offer, log } = options;
  const store = openSqliteStore({ path: join(folder, 'tasks.db') });
  closers.push(() => store.close());
  const repositories = createRepositories({ folder, packBytes: limits.packBytes });
  const sandbox = createSandbox();
  const credentials = new Credentials({ folder: join(folder, 'credentials'), store, log });
  closers.push(() => credentials.close());
  const sockets = taskSockets(socketPath);
  closers.push(() => rm(sockets, { recursive: true, force: true }));
  const hidden = [dirname(socketPath)];
  const run =
    options.run ?? createRunAttempt({ repositories, sandbox, credentials, folder, sockets, offer, hidden });

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
  const submissions = new Submissions({
    store,
    repositories,
    sandbox,
    credentials,
    marker,
    place,
    offer,
    networks,
    limit: limits.tasks,
  });
  const page: Page = new Page({
    folder,
    api: { fetch: (request) => app.fetch(request, { caller: localCaller }) },
    log,
    closeHttp: (served) => closeHttp(served, streams),
  });
  const app = createApp({
    store,
    feed,
    repositories,
    submissions,
    shown: (task) => withWaitingReason(task, dispatcher.workers),
    send: (id, input) => dispatcher.send(id, input),
    info: async (): Promise<ServerInfo> => {
      const { kind, reason } = await sandbox.report();
      const { prefixes } = await offer();
      return {
        version: options.version,
        protocol: protocolVersion,
        pid: process.pid,
        place,
        embedded: true,
        prefixes,
        sandbox: { kind, ...(reason !== undefined && { reason }) },
        networks,
        limits,
        ...(page.url !== undefined && { url: page.url }),
        ...(await store.counts()),
      };
    },
    liveDiff: async (stored, signal) => {
      const { liveDiff } = await import('./worker/live-diff.ts');
      return liveDiff({ repositories, folder }, stored, signal);
    },
    signInCode: () => page.signInCode(),
    log,
    signal: streams.signal,
  });

  const http = createAdaptorServer({
    fetch: (request, bindings) => app.fetch(request, { ...bindings, caller: localCaller }),
    overrideGlobalObjects: false,
  }) as Server;
  http.on('error', (error) => log('error', 'the socket failed', { error: String(error) }));
  closers.push(() => closeHttp(http, streams));
  closers.push(() => page.close());
  // Before the socket: those who follow see how their tasks end.
  closers.push(() => dispatcher.close());
  // Clients are answered while the workspaces of lost attempts go; tasks begin after that.
  const cleaned = clean([folder, sockets], store, log).then(() => dispatcher.start());
  closers.push(() => cleaned);
  await page.resume();
  return http;
}

/**
 * Where attempts have their sockets: beside the server's own, in a folder named by it, with little more than
 * its length.
 */
function taskSockets(socketPath: string): string {
  return join(dirname(socketPath), `${basename(socketPath, extname(socketPath)).slice(0, 8)}.d`);
}

/** Removes sockets and workspaces that a killed server left; the latter unless something of an attempt could not be ended. */
async function clean([folder, sockets]: readonly [string, string], store: Store, log: Log): Promise<void> {
  try {
    await rm(sockets, { recursive: true, force: true });
    if ((await store.expired({ everything: true })).length === 0) await removeWorkFolders(folder);
  } catch (error) {
    log('warn', 'workspaces of earlier attempts could not be removed', { error: String(error) });
  }
}

async function closeHttp(http: Server, streams: AbortController): Promise<void> {
  streams.abort();
  if (!http.listening) return;
  const closed = new Promise((resolve) => http.close(resolve));
  const force = setTimeout(() => http.closeAllConnections(), closeGrace);
  await closed;
  clearTimeout(force);
}
