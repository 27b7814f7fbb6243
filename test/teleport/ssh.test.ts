import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import type { Repository } from '../support/repository.ts';
import { ended, sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';
import { connectionsOf, sshHost, type SshHost } from '../support/ssh-host.ts';
import { until } from '../support/until.ts';

needs('sshd');

/** A home on this machine, a repository in it, and a host with prefish on it. */
interface Setting extends AsyncDisposable {
  readonly home: SandboxHome;
  readonly host: SshHost;
  readonly repository: Repository;
  /** prefish here, whose lines go there. */
  prefish(...args: readonly string[]): Promise<Run>;
  /** Submits a line there and resolves with the id of its task. */
  submit(line: string): Promise<string>;
  /** prefish there. */
  tasksThere(): Promise<readonly Task[]>;
}

async function setting(): Promise<Setting> {
  const stack = new AsyncDisposableStack();
  const home = stack.use(await sandboxHome());
  const host = stack.use(await sshHost(home));
  await host.install();
  const repository = await home.repository({ 'a.txt': 'one\n' });
  const made: Setting = {
    home,
    host,
    repository,
    prefish: (...args) =>
      home.prefish(['--server', host.url, ...args], { cwd: repository.path, env: host.env }),
    async submit(line) {
      const run = await made.prefish('--json', '-c', `& ${line}`);
      const [first] = run.events();
      if (first?.type !== 'state' || first.task === undefined) throw new Error(run.stdout + run.stderr);
      return first.task;
    },
    async tasksThere() {
      const env = { HOME: host.home, PREFISH_HOME: host.prefishHome };
      return (await home.prefish(['tasks', 'ls', '--json'], { env })).json<{ tasks: Task[] }>().tasks;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return made;
}

describe('prefish login ssh://HOST', () => {
  test('says what to do where prefish is not installed, and gets to know the host where it is', async () => {
    await using home = await sandboxHome();
    await using host = await sshHost(home);
    const { env } = host;
    const absent = await home.prefish(['login', host.url], { env });
    expect(absent).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_SSH_FAILED') });
    expect(absent.stderr).toContain('npm run setup');

    await host.install();
    const login = await home.prefish(['login', host.url, '--json'], { env });
    expect(login.json()).toMatchObject({ url: host.url, place: 'devbox' });
    const known = join(home.prefishHome, 'data', 'servers.json');
    expect((await stat(known)).mode & 0o777).toBe(0o600);
    const whoami = (await home.prefish(['whoami', '--json'], { env })).json();
    expect(whoami).toMatchObject({
      servers: [{ url: host.url, chosen: false, version: expect.any(String) }],
    });
    expect(await connectionsOf(home, host)).toHaveLength(1);

    const logout = await home.prefish(['logout', '--json'], { env });
    expect(logout.json()).toEqual({ url: host.url, revoked: false });
    await until(async () => (await connectionsOf(home, host)).length === 0, 'the connection to be closed');
    expect((await home.prefish(['whoami', '--json'], { env })).json()).toEqual({ servers: [] });
  });

  test('says what ssh says of a host whose key is not known, and never lets it pass', async () => {
    await using home = await sandboxHome();
    await using host = await sshHost(home);
    await writeFile(join(home.root, 'far', 'known_hosts'), '');
    const login = await home.prefish(['login', host.url], { env: host.env });
    expect(login).toMatchObject({ code: 3, stderr: expect.stringContaining('Host key verification failed') });
  });

  test.for([
    'ssh://-oProxyCommand=true',
    'ssh://ada:secret@devbox',
    'ssh://devbox/path',
    'devbox',
    'http://example.com',
  ])('refuses %s', async (url) => {
    await using home = await sandboxHome();
    const login = await home.prefish(['login', url]);
    expect(login).toMatchObject({ code: 2, stderr: expect.stringContaining('PREFISH_USAGE') });
  });

  test('says so where the prefish there is of another version', async () => {
    await using home = await sandboxHome();
    await using host = await sshHost(home);
    await host.installOther({ version: '9.0.0', protocol: 99 });
    const login = await home.prefish(['login', host.url], { env: host.env });
    expect(login).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_SERVER_VERSION') });
    expect(login.stderr).toContain('prefish 9.0.0 on devbox');
  });
});

describe('a line to a host', () => {
  test('runs there on what is here, and its work comes home', async () => {
    await using t = await setting();
    await t.repository.write({ 'b.txt': 'untracked\n' });
    const sent = await t.prefish('-c', '& --setup "echo set up" !cat b.txt; echo two >> a.txt; exit 3');
    expect(sent).toMatchObject({ code: 0, stderr: expect.stringContaining('→ devbox · main@') });
    expect(sent.stderr).toContain('1 untracked');
    expect(await t.prefish('tasks', 'wait', '@last', '--timeout', '30')).toMatchObject({ code: 3 });
    const listed = (await t.prefish('tasks', 'ls', '--json')).json<{ tasks: Task[] }>().tasks;
    expect(listed).toMatchObject([
      {
        number: 1,
        source: 'remote',
        place: 'devbox',
        state: 'failed',
        exit: { code: 3 },
        root: t.repository.path,
      },
    ]);
    expect((await t.prefish('tasks', 'logs', '@last')).stdout).toMatch(/set up\n[^]*untracked\n/);
    expect((await t.prefish('tasks', 'diff', '@last', '--json')).json()).toMatchObject({
      files: [{ path: 'a.txt', insertions: 1, deletions: 0 }],
    });
    // Where it went need not be said again.
    const apply = { cwd: t.repository.path, env: t.host.env };
    expect(await t.home.prefish(['tasks', 'apply', '@last'], apply)).toMatchObject({ code: 0 });
    expect(await readFile(join(t.repository.path, 'a.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(await t.prefish('tasks', 'undo', '@last')).toMatchObject({ code: 0 });
    expect(await readFile(join(t.repository.path, 'a.txt'), 'utf8')).toBe('one\n');
    expect(await t.prefish('tasks', 'rm', '@last')).toMatchObject({ code: 0 });
    expect(await t.tasksThere()).toEqual([]);
    expect(await readdir(join(t.home.prefishHome, 'data'))).not.toContain('server');
  });

  test('has a page that is reached through the same connection', async () => {
    await using t = await setting();
    await t.submit('!true');
    const { url } = (await t.prefish('tasks', 'open', '@last', '--json')).json<{ url: string }>();
    expect(await (await fetch(url)).text()).toContain('<title>');
    const list = (await t.prefish('tasks', 'open', '--json')).json<{ url: string }>();
    expect(await (await fetch(list.url)).text()).toContain('<title>');
    expect(await readdir(join(t.home.prefishHome, 'data'))).not.toContain('server');
    expect(await connectionsOf(t.home, t.host)).toHaveLength(1);
  });

  test('says nothing of the folders and programs of this machine', async () => {
    await using t = await setting();
    expect(await t.prefish('login', t.host.url)).toMatchObject({ code: 0 });
    await t.host.stop();
    await t.repository.write({ '.gitignore': 'node_modules\n', 'node_modules/x/index.js': '' });
    const run = await t.prefish('-c', '& !true');
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('kept') });
    const outbox = join(t.home.prefishHome, 'data', 'outbox');
    const [name] = (await readdir(outbox)).filter((each) => each.endsWith('.json'));
    const { request, server } = JSON.parse(await readFile(join(outbox, name!), 'utf8'));
    expect(server).toBe(t.host.url);
    expect(request).toMatchObject({ elsewhere: true, path: '', options: { carry: [] } });
    expect(Object.keys(request.env)).not.toContain('HOME');
    const { root: _, ...others } = request;
    expect(JSON.stringify(others)).not.toContain(t.home.home);
  });

  test('with a file that looks like a secret goes only when somebody has said yes to it', async () => {
    await using t = await setting();
    await t.repository.write({ 'config/.env': 'TOKEN=1\n', '.env.example': 'TOKEN=\n' });
    const refused = await t.prefish('-c', '& !true');
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('config/.env looks like a secret'),
    });
    expect(refused.stderr).toContain('--yes');
    expect(refused.stderr).not.toContain('.env.example');
    const sent = await t.prefish('--yes', '-c', '& !true');
    expect(sent).toMatchObject({ code: 0 });
    expect(await t.tasksThere()).toHaveLength(1);
  });

  test('that asks for what cannot go there is refused before anything is sent', async () => {
    await using t = await setting();
    await t.repository.write({ '.gitignore': 'out\n', out: '' });
    const run = await t.prefish('-c', '& --carry out !true');
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was sent') });
    expect(await connectionsOf(t.home, t.host)).toEqual([]);
    const here = await t.prefish('-c', '& --server here --setup "npm ci" !true');
    expect(here).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was sent') });
  });

  test('goes to this machine with --server here, whatever is chosen', async () => {
    await using t = await setting();
    expect(await t.prefish('-c', '& --server here !true')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('→ this machine'),
    });
    expect(await t.tasksThere()).toEqual([]);
  });

  test('shares one connection with all the others, although they come at once', async () => {
    await using t = await setting();
    const ids = await Promise.all(['!true', '!true', '!true', '!true'].map((line) => t.submit(line)));
    expect(await connectionsOf(t.home, t.host)).toHaveLength(1);
    expect((await t.tasksThere()).map(({ id }) => id).sort()).toEqual(ids.sort());
  });
});

describe('a host that goes away', () => {
  test('gets the line once it is back, exactly once; until then it is listed here as not delivered', async () => {
    await using t = await setting();
    await t.submit('!true');
    await t.host.stop();
    const kept = await t.prefish('-c', '& !echo kept');
    expect(kept).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_SSH_FAILED') });
    const away = (await t.prefish('tasks', 'ls', '--json')).json<{ tasks: Task[] }>().tasks;
    expect(away).toMatchObject([
      {
        line: '!echo kept',
        state: 'submitted',
        reason: expect.stringMatching(/^not-delivered: /),
        place: 'devbox',
      },
    ]);
    await t.host.start();
    await Promise.all([1, 2, 3].map(() => t.prefish('tasks', 'ls')));
    await until(async () => (await t.tasksThere()).length === 2, 'the line to arrive');
    expect((await t.tasksThere()).map(({ line }) => line)).toEqual(['!echo kept', '!true']);
    expect(await t.prefish('tasks', 'wait', '@last', '--timeout', '30')).toMatchObject({ code: 0 });
    expect((await t.prefish('tasks', 'logs', '@last')).stdout).toBe('kept\n');
  });

  test('is one warning beside the tasks of this machine', async () => {
    await using t = await setting();
    expect(await t.prefish('-c', '& --server here !true')).toMatchObject({ code: 0 });
    await t.submit('!true');
    await t.host.stop();
    const listed = await t.prefish('tasks', 'ls');
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('!true') });
    expect(listed.stderr).toContain('devbox was not reached by ssh');
    const doctor = (await t.prefish('doctor', '--json')).json<{ check: string; ok: boolean }[]>();
    expect(doctor.filter(({ check }) => check === 'remote')).toMatchObject([
      { ok: false, message: expect.stringContaining(t.host.url), fix: expect.any(String) },
    ]);
  });

  test('that takes no connection holds up what has to do with this machine only once', async () => {
    await using t = await setting();
    expect(await t.prefish('-c', '& --server here !true')).toMatchObject({ code: 0 });
    await t.host.freeze();
    await t.prefish('tasks', 'ls');
    const calls = await t.host.calls();
    expect(calls).toBeGreaterThan(0);
    expect(await t.prefish('tasks', 'show', '@last')).toMatchObject({ code: 0 });
    expect(await t.host.calls()).toBe(calls);
  });

  test('is followed again after the connection was killed in the middle of it', async () => {
    await using t = await setting();
    const child = t.home.spawn(
      ['--server', t.host.url, '-c', '& --wait !echo first; until [ -e go ]; do sleep 0.1; done; echo last'],
      { cwd: t.repository.path, env: t.host.env },
    );
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const run = ended(child);
    await until(() => seen.includes('first'), 'the first line');
    const [connection] = await until(async () => {
      const found = await connectionsOf(t.home, t.host);
      return found.length > 0 && found;
    }, 'the connection');
    process.kill(connection!, 'SIGKILL');
    const [{ id }] = (await t.tasksThere()) as [Task];
    await writeFile(join(await t.host.workspace(id), 'go'), '');
    expect(await run).toMatchObject({ code: 0, stdout: 'first\nlast\n' });
  });
});
