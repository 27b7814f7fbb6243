import { mkdirSync } from 'node:fs';
import type { Log } from './log.ts';
import { openLocalFront } from './local-front.ts';
import type { Offer } from './runtime.ts';
import { takeServerLock } from './server-lock.ts';
import { openParts } from './server-parts.ts';
import type { ServeOptions } from './serve/serve-options.ts';
import type { RunAttempt } from './worker/attempt.ts';

/** What a server is started with. */
export interface ServerOptions {
  /** Where everything is kept: database, mirrors, workspaces, lock. Made when absent, for its owner alone. */
  readonly folder: string;
  /**
   * The unix socket that the server of a machine's user listens on. Its folder belongs to this user alone; the
   * sockets of tasks are beside it.
   */
  readonly socketPath: string;
  /** Lets accounts use the server, over the network: it listens there, and not on its socket. */
  readonly serve?: ServeOptions;
  /**
   * A database on Postgres that other servers and workers share, and {@link folder} with it; instead of a file in
   * the folder.
   */
  readonly database?: string;
  /** Where the workers of this host have their own folders, for a server that shares its database: `workers` in its own, by default. */
  readonly workersFolder?: string;
  /** prefish's version, for clients. */
  readonly version: string;
  /** Where tasks run, for people: `this machine`. */
  readonly place: string;
  /**
   * Others use the server too: on every network level, `full` included, their tasks reach neither this machine
   * nor the networks around it, but for what `Offer.reach` lists; and none runs without a sandbox.
   */
  readonly restricted?: boolean;
  /** The prefish that runs inside tasks, and the lines that it takes. Asked each time: plugins come and go while the server runs. */
  offer(): Promise<Offer>;
  /** How many tasks run at once; as many as there are cores, and at least two, by default. 0 leaves them to other workers. */
  readonly concurrency?: number;
  /** How long what runs, and requests under way, may go on once the server closes, in milliseconds; not at all, by default. */
  readonly drain?: number;
  readonly log: Log;
  /** Runs the attempts, instead of workspaces and sandboxes of this machine. */
  readonly run?: RunAttempt;
}

/** A server that answers. */
export interface RunningServer {
  /** Where clients over the network find it: `https://0.0.0.0:8377`. */
  readonly url?: string;
  /** Resolves once it has closed, whoever asked for it. */
  readonly closed: Promise<void>;
  /** Reads the certificate again, for the connections that come from then on. @throws PREFISH_SERVER_START */
  reloadCertificate?(): void;
  /**
   * Takes nothing more to run, lets what runs go on for {@link ServerOptions.drain}, ends what is left, keeps what waits,
   * and frees socket and lock. The same promise as {@link closed}.
   */
  close(): Promise<void>;
}

/** What makes a server reachable. */
export type Front = Pick<RunningServer, 'url' | 'reloadCertificate'>;

/** What is called when the server closes, the last first. */
export type Closers = (() => void | Promise<void>)[];

/**
 * Starts a server: takes the lock of its folder, settles what an earlier server left, runs what waits, and
 * answers: on its socket, or over the network.
 *
 * @throws AlreadyRunningError (code PREFISH_SERVER_START) when another process serves the folder;
 * PREFISH_SERVER_START, PREFISH_STORE_CORRUPT, PREFISH_STORE_VERSION, PREFISH_NO_SPACE
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { folder, log } = options;
  const closers: Closers = [];
  const closing = new AbortController();

  let front: Front;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closers.push(takeServerLock(folder, { shared: options.database !== undefined }));
    const parts = await openParts(options, closing.signal, closers);
    front = await openFront(options, parts, closers);
  } catch (error) {
    await closeInTurn(closers, log);
    throw error;
  }

  const closed = Promise.withResolvers<void>();
  return {
    ...front,
    closed: closed.promise,
    close() {
      if (!closing.signal.aborted) {
        closing.abort();
        log('info', 'the server closes');
        closed.resolve(closeInTurn(closers, log).then(() => log('info', 'the server has closed')));
      }
      return closed.promise;
    },
  };
}

/** Closes one part after the other, the last first. */
export async function closeInTurn(closers: Closers, log: Log): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      log('error', 'a part of the server did not close', { error: String(error) });
    }
  }
}

async function openFront(
  options: ServerOptions,
  parts: Parameters<typeof openLocalFront>[1],
  closers: Closers,
): Promise<Front> {
  const { serve } = options;
  if (serve === undefined) return openLocalFront(options, parts, closers);
  const { openServeFront } = await import('./serve/serve-front.ts');
  return openServeFront({ ...options, serve }, parts, closers);
}
