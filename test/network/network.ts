import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRandom, type Random } from '../faults/random.ts';
import { until } from '../support/until.ts';

/** One host of a network of two. */
export interface Host {
  readonly address: string;
  /** What a program is started with to run there: see `RunOptions.under`. */
  readonly under: readonly string[];
}

/** Two network namespaces, and the link between them, which is as good or bad as it is told to be. */
export interface Network extends AsyncDisposable {
  readonly client: Host;
  readonly server: Host;
  /** Bytes that have arrived, in both directions. */
  readonly carried: number;
  /** Nothing arrives any more, and nobody is told: the cable is cut somewhere on the way. */
  cut(): void;
  /** The client's own cable is pulled: its system knows, and refuses to connect. */
  unplug(): void;
  /** Ends a cut, and plugs the client's cable in. */
  mend(): void;
}

/** How bad a link is. */
export interface LinkOptions {
  /** Milliseconds that a packet is on its way. */
  readonly delay: number;
  /** The part of all packets that are lost. */
  readonly loss: number;
  readonly seed: number;
}

/** Of the block for benchmarks (RFC 2544), which nobody is connected to. */
const addresses = ['198.18.77.1', '198.18.77.2'] as const;

/** Makes the network; every trace of it is gone with the processes that it starts. */
export async function openNetwork({ delay, loss, seed }: LinkOptions): Promise<Network> {
  const random = createRandom(seed);
  const [client, server] = [startEnd(addresses[0], addresses[1]), startEnd(addresses[1], addresses[0])];
  let broken = false;
  let carried = 0;
  const connect = (from: LinkEnd, to: LinkEnd): void => {
    from.process.stdout.on('data', (part: Buffer) => {
      for (const packet of from.packets(part)) {
        if (broken || isLost(random, loss)) continue;
        setTimeout(() => {
          if (broken) return;
          carried += packet.length;
          to.process.stdin.write(packet);
        }, delay);
      }
    });
  };
  connect(client, server);
  connect(server, client);
  const plug = (state: 'up' | 'down'): void =>
    void execFileSync(client.under[0]!, [...client.under.slice(1), 'ip', 'link', 'set', 'link0', state]);
  const network: Network = {
    client,
    server,
    get carried() {
      return carried;
    },
    cut() {
      broken = true;
    },
    unplug() {
      broken = true;
      plug('down');
    },
    mend() {
      plug('up');
      broken = false;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [client, server].map(async ({ process: { exitCode, stdin }, ended }) => {
          if (exitCode === null) stdin.end();
          await ended;
        }),
      );
    },
  };
  try {
    await Promise.all([client.up(), server.up()]);
    return network;
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
}

interface LinkEnd extends Host {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<unknown>;
  /** The packets that are complete with this part of its output. */
  packets(part: Buffer): Buffer[];
  up(): Promise<unknown>;
}

function startEnd(address: string, peer: string): LinkEnd {
  const isRoot = process.getuid?.() === 0;
  const own = isRoot ? ['--net'] : ['--user', '--map-root-user', '--net'];
  const child = spawn('unshare', [...own, 'perl', join(import.meta.dirname, 'link-end.pl'), address, peer], {
    stdio: 'pipe',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.on('error', () => {});
  const ended = once(child, 'close');
  let rest: Buffer = Buffer.alloc(0);
  return {
    address,
    under: [
      'nsenter',
      `--target=${child.pid}`,
      ...(isRoot ? [] : ['--user', '--preserve-credentials']),
      '--net',
    ],
    process: child,
    ended,
    packets(part) {
      rest = Buffer.concat([rest, part]);
      const found: Buffer[] = [];
      while (rest.length >= 4 && rest.length >= rest.readUInt16BE(2)) {
        const length = rest.readUInt16BE(2);
        found.push(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
      return found;
    },
    up: () =>
      until(() => {
        if (child.exitCode !== null) throw new Error(`no link: ${said}`);
        return said.includes('up\n');
      }, 'the link to be up'),
  };
}

function isLost(random: Random, loss: number): boolean {
  return random.chance(loss);
}
