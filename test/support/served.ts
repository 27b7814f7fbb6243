import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ended, sandboxHome, type Run, type SandboxHome } from './sandbox-home.ts';
import { until } from './until.ts';

/** `prefish serve` in a process of its own, with TLS by a certificate that nobody knows. */
export interface Served extends AsyncDisposable {
  /** Of whoever runs the server. */
  readonly home: SandboxHome;
  readonly url: string;
  /** Where it listens. */
  readonly port: number;
  /** What makes a prefish trust its certificate. */
  readonly env: Readonly<Record<string, string>>;
  /** A one-time code for an account, which is added. */
  codeFor(account: string): Promise<string>;
  /** What the server has logged so far. */
  log(): string;
  stop(): Promise<Run>;
  /** Starts it again at the same place. */
  start(): Promise<void>;
}

/** Ports that no system gives out by itself. */
const ports = { first: 10_500, count: 9000 };
let next = process.pid % ports.count;

/** Starts a server for accounts: on loopback, or `at` another place; its `url` where something stands before it. */
export async function served(
  at?: { readonly address: string; readonly under: readonly string[] },
  url?: string,
): Promise<Served> {
  const home = await sandboxHome();
  const [cert, key] = [join(home.root, 'cert.pem'), join(home.root, 'key.pem')];
  const names = at === undefined ? 'DNS:localhost' : `IP:${at.address}`;
  const subject = ['-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', [...kind, '-keyout', key, '-out', cert, '-days', '2', ...subject], {
    stdio: 'ignore',
  });
  const port = ports.first + (next++ % ports.count);
  let child: ReturnType<SandboxHome['spawn']> | undefined;
  let run: Promise<Run> | undefined;
  let log = '';
  const server: Served = {
    home,
    url: url ?? `https://${at?.address ?? 'localhost'}:${port}`,
    port,
    env: { NODE_EXTRA_CA_CERTS: cert },
    log: () => log,
    async codeFor(account) {
      return (await home.prefish(['users', 'add', account, '--json'])).json<{ code: string }>().code;
    },
    async start() {
      const tls = ['--tls-cert', cert, '--tls-key', key];
      const listen = `${at?.address ?? '127.0.0.1'}:${port}`;
      child = home.spawn(['serve', '--listen', listen, '--url', server.url, ...tls], {
        ...(at !== undefined && { under: at.under }),
      });
      const begun = log.length;
      child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
      run = ended(child, ['serve'], 240_000);
      const isUp = (): boolean => {
        if (child!.exitCode !== null) throw new Error(`prefish serve ended:\n${log}`);
        return log.slice(begun).includes(String(port));
      };
      await until(isUp, 'prefish serve to listen');
    },
    async stop() {
      child!.kill('SIGTERM');
      return run!;
    },
    async [Symbol.asyncDispose]() {
      if (child!.exitCode === null) await server.stop();
      await home[Symbol.asyncDispose]();
    },
  };
  // One that others can reach wants an account first.
  if (at !== undefined) await server.codeFor('somebody');
  await server.start();
  return server;
}
