import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PrefishError } from '@prefish/core';
import type { ServerClient } from '@prefish/protocol/client';
import { testShell, type TestShell, type TestShellOptions } from '@prefish/testing';
import { testServer } from '@prefish/testing/server';
import { shell as shellPlugin } from '../../plugins/shell/src/index.ts';
import { tasks } from '../../plugins/tasks/src/index.ts';
import { deliverKept, teleport } from '../../plugins/teleport/src/index.ts';

/** A repository, a real server whose tasks end at once, and a line to it that can be cut. */
export interface UnsteadyServer extends AsyncDisposable {
  readonly client: ServerClient;
  /** What `connect` rejects with; undefined: it connects. */
  cut: PrefishError | undefined;
  /** How many lines it refuses next, because it takes no more for now. */
  full: number;
  /** What begins a line that it refuses because there is no room for it, for as long as nobody makes some. */
  tooLarge: string | undefined;
  /** Delivers what waits, as the process does that is left behind. Resolves when it has come to its end. */
  deliverKept(): Promise<void>;
  /** The server's folders, and whatever a test puts beside them. */
  readonly folder: string;
  git(...args: readonly string[]): void;
  /** What git has of the files is lost, but for their names. */
  breakObjects(): void;
  openShell(
    options?: Omit<TestShellOptions, 'plugins'>,
    deliverLater?: () => Promise<void>,
  ): Promise<TestShell>;
  waiting(): string[];
  readonly outbox: string;
}

/** A server as {@link UnsteadyServer} says, not cut. */
export async function unsteadyServer(): Promise<UnsteadyServer> {
  const server = await testServer({
    async run(_claim, log) {
      await log.started('none');
      return { exit: { code: 0 } };
    },
  });
  // A shell of its own, for its folder: several shells work in it, one after the other.
  const repository = await testShell({ plugins: [] });
  await repository.write('a', '1\n');
  const connect = async (): Promise<ServerClient> => {
    if (made.cut !== undefined) throw made.cut;
    return server.client;
  };
  const made: UnsteadyServer = {
    client: server.client,
    cut: undefined,
    full: 0,
    tooLarge: undefined,
    deliverKept: () => deliverKept({ ...server.teleport, connect }, AbortSignal.timeout(20_000)),
    folder: dirname(server.teleport.folders.data),
    outbox: join(server.teleport.folders.data, 'outbox'),
    git: (...args) =>
      void execFileSync('git', args, {
        cwd: repository.cwd,
        env: { PATH: process.env['PATH'], HOME: repository.home },
      }),
    breakObjects() {
      const objects = join(repository.cwd, '.git/objects');
      for (const folder of readdirSync(objects).filter((name) => name.length === 2)) {
        for (const name of readdirSync(join(objects, folder))) {
          rmSync(join(objects, folder, name));
          writeFileSync(join(objects, folder, name), '');
        }
      }
    },
    openShell: (options = {}, deliverLater) =>
      testShell({
        cwd: repository.cwd,
        plugins: [
          shellPlugin(),
          tasks({}),
          teleport({
            ...server.teleport,
            connect,
            ...(deliverLater === undefined ? {} : { deliverLater }),
          }),
        ],
        ...options,
      }),
    waiting: () => readdirSync(made.outbox).filter((name) => name.endsWith('.json')),
    async [Symbol.asyncDispose]() {
      await server.close();
      await repository.close();
    },
  };
  const submit = server.client.submit.bind(server.client);
  server.client.submit = async (...given) => {
    if (made.tooLarge !== undefined && given[0].line.startsWith(made.tooLarge)) {
      throw new PrefishError('PREFISH_LIMIT', 'ada has 20 GB on this server.');
    }
    if (made.full === 0) return submit(...given);
    made.full -= 1;
    throw new PrefishError('PREFISH_LIMIT', 'ada has 4 tasks; no more are taken.', { retryAfter: 30 });
  };
  made.git('init', '-q', '-b', 'main');
  return made;
}
/** What a server that is away is like. */
export const unreachable = (): PrefishError =>
  new PrefishError('PREFISH_SERVER_UNREACHABLE', 'nobody answers');
