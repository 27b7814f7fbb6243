import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, Task } from '@prefish/core';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import { startServer, type ServerOptions } from '@prefish/server';
import { installedPrefish } from './installed-prefish.ts';

/** What {@link testServer} takes. */
export interface TestServerOptions {
  /** Plugin files (`.ts` or `.js`) that the prefish inside tasks loads. */
  readonly plugins?: readonly string[];
  /** The prefixes that lines of tasks may begin with. Default: `!`. */
  readonly prefixes?: readonly { readonly id: string; readonly token: string }[];
  /** How many tasks run at once. */
  readonly concurrency?: number;
  /** Runs the attempts, instead of a prefish in a sandbox: tasks that end at once, or never. */
  readonly run?: ServerOptions['run'];
}

/** A server with a folder and a socket of its own, and a client of it. */
export interface TestServer extends AsyncDisposable {
  readonly client: ServerClient;
  readonly socketPath: string;
  /** What the teleport plugin takes: `teleport(server.teleport)`. */
  readonly teleport: {
    readonly folders: { readonly cache: string; readonly data: string };
    readonly connect: () => Promise<ServerClient>;
  };
  /** What it logged, a line each. */
  readonly log: readonly string[];
  /** Resolves with a task once it has ended. */
  ended(id: string, signal?: AbortSignal): Promise<Task>;
  /** Every event of a task so far. */
  transcript(id: string): Promise<readonly Event[]>;
  /** Ends what runs, frees the socket, removes the folder. */
  close(): Promise<void>;
}

/**
 * Starts a server for a test. Tasks run in bubblewrap where the machine has it, and unsandboxed in a
 * copy where it has not.
 *
 * @throws PREFISH_PLUGIN_NOT_FOUND when there is no `prefish` to run inside tasks, PREFISH_SERVER_START
 * @example
 * await using server = await testServer();
 * await using t = await testShell({ plugins: [shell(), teleport(server.teleport)] });
 * const { outcome } = await t.submit('& !echo hi');
 */
export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const runtime = options.run === undefined ? installedPrefish(options.plugins ?? []) : nothing;
  const root = await realpath(await mkdtemp(join(tmpdir(), 'prefish-server-')));
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true, maxRetries: 5 });
  const socketPath = join(root, 'run', 's');
  const log: string[] = [];
  const server = await startServer({
    folder: join(root, 'server'),
    socketPath,
    version: '0.0.0-test',
    place: 'this machine',
    offer: async () => ({ runtime, prefixes: options.prefixes ?? [{ id: 'shell', token: '!' }] }),
    log: (level, message, fields) => void log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    ...(options.run === undefined ? {} : { run: options.run }),
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const client = new ServerClient(createHttpTransport({ socketPath }));
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= server.close().then(remove));
  return {
    client,
    socketPath,
    teleport: {
      folders: { cache: join(root, 'cache'), data: join(root, 'data') },
      connect: () => Promise.resolve(client),
    },
    log,
    ended: async (id, signal) => {
      // The stream ends with the task.
      for await (const _ of client.follow(id, 0, signal));
      return client.get(id, signal);
    },
    transcript: async (id) => {
      const events: Event[] = [];
      for await (const event of client.history(id)) events.push(event);
      return events;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What cannot run anything: for a server whose attempts the test runs itself. */
const nothing: Awaited<ReturnType<ServerOptions['offer']>>['runtime'] = {
  mounts: [],
  command: ['false'],
  hostCommand: ['false'],
  arguments: [],
};
