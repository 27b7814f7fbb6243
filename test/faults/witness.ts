import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** What was seen of one attempt at a task. Times are `performance.now()`. */
export interface Sighting {
  readonly task: string;
  readonly attempt: number;
  readonly from: number;
  /** When its connection was closed: by its end, or whatever ended it. */
  to: number;
  /** Whether the line came to its own end. */
  finished: boolean;
}

/** Sees attempts from outside: each holds a connection to it for as long as any process of it lives. */
export interface Witness extends AsyncDisposable {
  readonly port: number;
  readonly sightings: readonly Sighting[];
}

/** The beginning of a line that is to be seen; `PREFISH_TASK_ATTEMPT` says which attempt it is. */
export function seenBy(port: number): string {
  return `exec 9<>/dev/tcp/127.0.0.1/${port}; echo "$PREFISH_TASK_ATTEMPT" >&9`;
}

/** What a line does last. */
export const seenToEnd = 'echo end >&9';

/** Starts a witness on the loopback. */
export async function startWitness(): Promise<Witness> {
  const sightings: Sighting[] = [];
  const server = createServer((socket) => {
    const from = performance.now();
    let text = '';
    let sighting: Sighting | undefined;
    socket.setEncoding('utf8').on('error', () => {});
    socket.on('data', (part: string) => {
      text += part;
      const [, task, attempt] = /^(\w+)\/(\d+)\n/.exec(text) ?? [];
      if (task !== undefined && sighting === undefined) {
        sighting = { task, attempt: Number(attempt), from, to: Infinity, finished: false };
        sightings.push(sighting);
      }
      if (sighting !== undefined && text.endsWith('\nend\n')) sighting.finished = true;
    });
    socket.on('close', () => {
      if (sighting !== undefined) sighting.to = performance.now();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sightings,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
