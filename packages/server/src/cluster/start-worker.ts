import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Credentials } from '../credentials/credentials.ts';
import type { Log } from '../log.ts';
import { createRepositories } from '../repositories/mirrors.ts';
import type { Offer } from '../runtime.ts';
import { createSandbox } from '../sandbox/create-sandbox.ts';
import { closeInTurn, type Closers } from '../server.ts';
import { openTaskRunner } from '../task-runner.ts';
import type { RunAttempt } from '../worker/attempt.ts';
import { joinAsWorker } from './share.ts';

/** What a worker is started with. */
export interface WorkerOptions {
  /** The database of its servers. */
  readonly database: string;
  /** The folder of its servers, on this host or on a file system that both have. */
  readonly data: string;
  /** Where the workers of this host have their own folders: {@link import('./worker-folder.ts').takeWorkerFolder}. */
  readonly folder: string;
  /** Where sockets of tasks are made: a short path, in a folder of this user alone. */
  readonly sockets: string;
  /** {@link import('../server.ts').ServerOptions.offer} */
  offer(): Promise<Offer>;
  /** How many tasks run at once; as many as there are cores, and at least two, by default. */
  readonly concurrency?: number;
  /** {@link import('../queue/dispatcher.ts').DispatcherOptions.mostOfOwner} */
  readonly mostOfOwner?: number;
  /** {@link import('../queue/dispatcher.ts').DispatcherOptions.drain} */
  readonly drain?: number;
  readonly log: Log;
  /** Runs the attempts, instead of workspaces and sandboxes of this machine. */
  readonly run?: RunAttempt;
}

/** A worker that takes tasks. */
export interface RunningWorker {
  /** By which its leases are known. */
  readonly name: string;
  /** Resolves once it has closed. */
  readonly closed: Promise<void>;
  /**
   * Takes nothing more, lets what runs go on for {@link WorkerOptions.drain}, and gives back what is left as a lost
   * worker’s. The same promise as {@link closed}.
   */
  close(): Promise<void>;
}

/** How often caches that nobody used are looked for, in milliseconds, and after how long, in seconds, they go. */
const tidying = { pause: 3600_000, idle: 3600 };

/**
 * Runs tasks of the servers that share a database, as a process of its own that nobody connects to. Others use
 * them: every task runs in a sandbox.
 *
 * @throws PREFISH_SERVER_START, PREFISH_STORE_UNREACHABLE, PREFISH_STORE_VERSION
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { database, data, folder, sockets, offer, log } = options;
  const { concurrency = Math.max(2, availableParallelism()) } = options;
  const closers: Closers = [];
  const closing = new AbortController();
  let name: string;
  try {
    const { joinCluster } = await import('./cluster.ts');
    const cluster = await joinCluster({ database, data, mayClaim: false, log });
    closers.push(() => cluster.close());
    const { store } = cluster;
    const credentials = new Credentials({ folder: join(data, 'credentials'), store, log });
    closers.push(() => credentials.close());
    const share = await joinAsWorker(cluster, { folder, sockets, concurrency }, closers);
    name = share.shared.worker;
    const runner = await openTaskRunner(
      {
        store,
        repositories: createRepositories({ folder: data }),
        sandbox: createSandbox({ mode: 'bwrap' }),
        credentials,
        data,
        offer,
        hidden: () => [folder],
        restricted: true,
        concurrency,
        mostOfOwner: options.mostOfOwner,
        drain: options.drain,
        log,
        run: options.run,
        ...share,
      },
      closers,
    );
    const tidy = setInterval(() => {
      const { idle } = tidying;
      runner.tidy({ idle, dryRun: false, signal: closing.signal }).catch((error: unknown) => {
        if (!closing.signal.aborted) log('warn', 'caches could not be tidied', { error: String(error) });
      });
    }, tidying.pause).unref();
    closers.push(() => clearInterval(tidy));
    runner.run();
  } catch (error) {
    await closeInTurn(closers, log);
    throw error;
  }
  log('info', 'the worker takes tasks', { pid: process.pid, worker: name, concurrency });

  const closed = Promise.withResolvers<void>();
  return {
    name,
    closed: closed.promise,
    close() {
      if (!closing.signal.aborted) {
        closing.abort();
        log('info', 'the worker closes');
        closed.resolve(closeInTurn(closers, log).then(() => log('info', 'the worker has closed')));
      }
      return closed.promise;
    },
  };
}
