import { readFileSync } from 'node:fs';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import { isAlive } from '../support/processes.ts';
import type { SandboxHome } from '../support/sandbox-home.ts';
import type { Part, System } from './system.ts';

/** The server of one machine, as the built command starts it. */
export async function startMachine(home: SandboxHome): Promise<System> {
  let pid: number | undefined;
  let client!: ServerClient;
  const mark = `PREFISH_HOME=${home.prefishHome}`;
  // Pids are given again soon on a busy machine, and a stranger is not to be killed.
  const isOurs = (own: number): boolean => readFileSync(`/proc/${own}/environ`, 'latin1').includes(mark);
  const server: Part = {
    name: 'server',
    pid: () => (pid !== undefined && isAlive(pid) && isOurs(pid) ? pid : undefined),
    async start() {
      const started = await home.prefish(['daemon', 'start', '--json']);
      const status = started.code === 0 ? started : await home.prefish(['daemon', 'start', '--json']);
      const found = status.json<{ pid: number; socket: string }>();
      pid = found.pid;
      client = new ServerClient(createHttpTransport({ socketPath: found.socket }));
    },
  };
  await server.start();
  return {
    parts: [server],
    mark,
    get client() {
      return client;
    },
    // It ends with the home.
    async [Symbol.asyncDispose]() {},
  };
}
