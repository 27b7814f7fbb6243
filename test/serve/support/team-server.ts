import { execFile, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { createTaskId, type Login, type SubmitTask } from '@prefish/protocol';
import { ServerClient, type Transport } from '@prefish/protocol/client';
import { makeCertificate, type Certificate } from '../../support/certificate.ts';
import type { Repository } from '../../support/repository.ts';
import { sandboxHome, type Run, type SandboxHome } from '../../support/sandbox-home.ts';
import { until } from '../../support/until.ts';

/** An answer, with its whole body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  json<T = Record<string, unknown>>(): T;
}

/** How to ask. */
export interface Ask {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Somebody with an account who has logged in. */
export interface Member {
  readonly name: string;
  readonly token: string;
  /** The code that the token was traded for. */
  readonly code: string;
  readonly client: ServerClient;
  /** The environment in which git shows the token. */
  readonly git: Readonly<Record<string, string>>;
}

/** A `prefish serve` on loopback, with TLS. */
export interface TeamServer extends AsyncDisposable {
  readonly home: SandboxHome;
  readonly certificate: Certificate;
  readonly url: string;
  readonly process: ChildProcessWithoutNullStreams;
  /** Everything that it has logged. */
  readonly log: () => string;
  users(...words: readonly string[]): Promise<Run>;
  /** Adds an account, or takes one that is there, and logs in by HTTP. */
  member(name: string, scope?: 'tasks' | 'read'): Promise<Member>;
  ask(path: string, options?: Ask): Promise<Answer>;
  /** Asks, and leaves the body to the caller. */
  open(path: string, options?: Ask): Promise<IncomingMessage>;
  /** Pushes what is committed in a repository as the snapshot of a new task. */
  push(member: Member, repository: Repository, repo: string): Promise<SubmitTask>;
}

/** Starts a server, with further words of `prefish serve`. */
export async function teamServer(...words: readonly string[]): Promise<TeamServer> {
  const stack = new AsyncDisposableStack();
  const home = stack.use(await sandboxHome());
  const certificate = await makeCertificate(home.root);
  const tls = ['--tls-cert', certificate.cert, '--tls-key', certificate.key];
  const child = home.spawn(['serve', '--listen', '127.0.0.1:0', ...tls, ...words]);
  let logged = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (logged += part));
  const url = await until(() => {
    if (child.exitCode !== null) throw new Error(logged);
    return /"url":"([^"]+)"/.exec(logged)?.[1];
  }, 'the server to answer');

  const open: TeamServer['open'] = (path, { method = 'GET', token, headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const asked = httpsRequest(
        new URL(path, url),
        { method, ca: certificate.pem, agent: false, headers: { ...authorization, ...headers } },
        resolve,
      );
      asked.once('error', reject);
      asked.end(body);
    });
  const ask: TeamServer['ask'] = async (path, options) => {
    const response = await open(path, options);
    const said = await text(response);
    return {
      status: response.statusCode!,
      headers: response.headers,
      text: said,
      json: <T>() => JSON.parse(said) as T,
    };
  };
  const transport =
    (token: string): Transport =>
    async ({ method, path, headers = {}, body }) => {
      const response = await open(path, { method, token, headers, ...(body !== undefined && { body }) });
      return { status: response.statusCode!, body: response };
    };
  const users: TeamServer['users'] = (...args) => home.prefish(['users', ...args]);

  return {
    home,
    certificate,
    url,
    process: child,
    log: () => logged,
    users,
    open,
    ask,
    async member(name, scope = 'tasks') {
      const added = scope === 'tasks' ? await users('add', name, '--json') : undefined;
      const given = added?.code === 0 ? added : await users('code', name, '--scope', scope, '--json');
      const { code } = given.json<{ code: string }>();
      const body = JSON.stringify({ code, device: `the laptop of ${name}` });
      const { token } = (await ask('/v1/logins', { method: 'POST', body })).json<
        Login & Record<string, unknown>
      >();
      return {
        name,
        token,
        code,
        client: new ServerClient(transport(token)),
        git: {
          ...home.env,
          GIT_SSL_CAINFO: certificate.cert,
          GIT_TERMINAL_PROMPT: '0',
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: 'http.extraHeader',
          GIT_CONFIG_VALUE_0: `Authorization: Bearer ${token}`,
        },
      };
    },
    async push(member, repository, repo) {
      const id = createTaskId();
      const { remote } = await member.client.repository(repo);
      await runGit(repository.path, member.git, 'push', '-q', remote, `HEAD:refs/prefish/snapshots/${id}`);
      const snapshot = (await repository.git('rev-parse', 'HEAD')).trim();
      return {
        id,
        line: '!true',
        repo,
        snapshot,
        base: { commit: snapshot, branch: 'main', dirty: 0, untracked: 0 },
        root: repository.path,
        cwd: '',
        path: '/usr/bin:/bin',
        env: { LANG: 'C.UTF-8' },
        git: true,
        elsewhere: true,
        options: {},
      };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await Promise.race([once(child, 'exit'), until(() => child.exitCode !== null, 'the server to end')]);
      }
      await stack.disposeAsync();
    },
  };
}

/** Runs git somewhere with this environment. */
export async function runGit(
  cwd: string,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd, env, maxBuffer: 64 * 2 ** 20 });
  return stdout;
}
