import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import { startPostgres } from '../support/postgres.ts';
import { isAlive } from '../support/processes.ts';
import type { SandboxHome } from '../support/sandbox-home.ts';
import { until } from '../support/until.ts';
import type { Part, System } from './system.ts';

/** One server that runs nothing itself, two workers, and a Postgres. */
export async function startTeam(home: SandboxHome): Promise<System> {
  const stack = new AsyncDisposableStack();
  const postgres = stack.use(await startPostgres());
  const url = await postgres.database('faults');
  const folder = join(home.root, 'team');
  await mkdir(folder, { mode: 0o700 });
  const server = partOf('server', 'server', url, folder, home);
  await server.start();
  const workers = ['first worker', 'second worker'].map((name) => partOf('worker', name, url, folder, home));
  await Promise.all(workers.map((worker) => worker.start()));
  return {
    parts: [server, ...workers],
    mark: `PREFISH_HOME=${home.prefishHome}`,
    client: new ServerClient(createHttpTransport({ socketPath: join(folder, 's.sock') })),
    database: postgres,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function partOf(
  kind: 'server' | 'worker',
  name: string,
  url: string,
  folder: string,
  home: SandboxHome,
): Part {
  let child: ChildProcess | undefined;
  const runs = (): boolean =>
    child?.pid !== undefined && child.exitCode === null && child.signalCode === null && isAlive(child.pid);
  return {
    name,
    pid: () => (runs() ? child!.pid : undefined),
    async start() {
      if (runs()) return;
      const log = openSync(join(folder, `${name}.log`), 'a');
      const program = join(import.meta.dirname, 'team-part.ts');
      const own = spawn(process.execPath, ['--conditions=development', program, kind, url, folder], {
        cwd: folder,
        env: home.env,
        stdio: ['ignore', 'pipe', log],
      });
      closeSync(log);
      child = own;
      let isUp = false;
      own.stdout!.on('data', () => (isUp = true));
      await until(
        () => {
          if (!runs()) throw new Error(`the ${name} ended: see ${folder}`);
          return isUp;
        },
        `the ${name} to be up`,
        60_000,
      );
    },
  };
}
