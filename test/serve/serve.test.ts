import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { createTaskId } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../packages/server/src/auth/audit.ts';
import { needs } from '../support/needs.ts';
import { processesWithEnvironment } from '../support/processes.ts';
import { makeCertificate } from '../support/certificate.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { until } from '../support/until.ts';
import { runGit, teamServer, type Member, type TeamServer } from './support/team-server.ts';

const failed = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'worked',
    (error: unknown) => String((error as { stderr?: string }).stderr ?? error),
  );

/** Submits a line of a member on a new snapshot. */
async function submit(server: TeamServer, member: Member, line: string): Promise<string> {
  const repository = await server.home.repository({ 'greeting.txt': 'hello\n' });
  const task = await server.push(member, repository, `repo${member.name}1`);
  return (await member.client.submit({ ...task, line })).id;
}

describe('prefish serve', () => {
  needs('bubblewrap');

  test('runs what one account submits, and shows it to no other', { timeout: 90_000 }, async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const bob = await server.member('bob');
    const repository = await server.home.repository({ 'greeting.txt': 'hello\n' });
    const request = await server.push(ada, repository, 'adasrepo1');
    const task = await ada.client.submit({ ...request, line: '!echo "from afar" | tee -a greeting.txt' });
    expect(task).toMatchObject({ number: 1, state: 'submitted' });

    const types: string[] = [];
    let output = '';
    for await (const item of ada.client.follow(task.id)) {
      if (item.kind !== 'event') continue;
      types.push(item.event.type);
      if (item.event.type === 'output') output += item.event.text;
    }
    expect(output).toBe('from afar\n');
    const ended = await ada.client.get('1');
    expect(ended).toMatchObject({ state: 'completed', exit: { code: 0 }, sandbox: 'bwrap' });
    expect(types.slice(-3)).toEqual(['result', 'exit', 'state']);

    const listed = (await server.users('ls', '--json')).json<{ users: object[] }>().users;
    expect(listed).toMatchObject([
      { name: 'ada', use: { tasks: 0, disk: expect.any(Number) } },
      { name: 'bob', use: { tasks: 0, disk: 0 } },
    ]);
    expect(listed[0]).not.toMatchObject({ use: { disk: 0 } });
    expect((await server.users('ls')).stdout).toMatch(
      /^ada {2}since [\d-]+ · 0 unfinished tasks · [\d.]+ [KM]?B$/m,
    );

    const data = join(server.home.prefishHome, 'data', 'serve');
    const du = (await server.home.prefish(['du', '--data', data, '--json'])).json<{ total: number }>();
    expect(du.total).toBeGreaterThan(10_000);
    const none = await server.home.prefish(['du', '--data', `${data}/none`]);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no folder') });

    const { result } = await ada.client.snapshots(task.id);
    const { remote } = await ada.client.repository('adasrepo1');
    expect(remote).toBe(`${server.url}/git/adasrepo1.git`);
    await runGit(repository.path, ada.git, 'fetch', '-q', remote, result!);
    expect(await repository.git('show', 'FETCH_HEAD:greeting.txt')).toBe('hello\nfrom afar\n');

    // The same id, number, commit and repository lead nobody else anywhere.
    expect((await bob.client.list()).tasks).toEqual([]);
    for (const path of ['', '/events', '/log', '/diff', '/snapshots', '/files']) {
      for (const reference of [task.id, '1', '@last', task.id.slice(0, 8)]) {
        const answer = await server.ask(`/v1/tasks/${reference}${path}`, { token: bob.token });
        expect(answer.status, `${reference}${path}`).toBe(404);
      }
    }
    for (const action of ['cancel', 'retry', 'messages', 'answers']) {
      const body = JSON.stringify({ id: createTaskId(), text: 'x', question: 'q', choice: 'c' });
      const answer = await server.ask(`/v1/tasks/${task.id}/${action}`, {
        token: bob.token,
        method: 'POST',
        body,
      });
      expect([400, 404], action).toContain(answer.status);
    }
    expect((await server.ask(`/v1/tasks/${task.id}`, { token: bob.token, method: 'DELETE' })).status).toBe(
      404,
    );
    expect(await failed(runGit(repository.path, bob.git, 'ls-remote', remote))).toContain('not found');
    const empty = await server.home.repository();
    const mine = await bob.client.repository('adasrepo1');
    expect(await failed(runGit(empty.path, bob.git, 'fetch', '-q', mine.remote, result!))).toMatch(
      /not our ref|remote error/,
    );
    await expect(bob.client.submit({ ...request, line: '!true' })).rejects.toMatchObject({
      code: 'PREFISH_REQUEST_INVALID',
    });
    await expect(bob.client.submit({ ...request, id: createTaskId(), line: '!true' })).rejects.toMatchObject({
      code: 'PREFISH_SNAPSHOT_UNKNOWN',
    });
    expect((await ada.client.get(task.id)).line).toContain('from afar');

    const audit = async (...words: string[]): Promise<readonly AuditEntry[]> =>
      (await server.users('audit', ...words, '--json')).json<{ entries: AuditEntry[] }>().entries;
    const actions = (await audit('ada')).map(({ action }) => action);
    expect(actions).toEqual([
      'account.added',
      'code.issued',
      'login',
      'snapshot.pushed',
      'task.submitted',
      'result.fetched',
    ]);
    expect((await audit()).find(({ action }) => action === 'task.submitted')).toMatchObject({
      account: 'ada',
      task: task.id,
      repo: 'adasrepo1',
      address: '127.0.0.1',
    });

    // What lets anybody in is in no log and no audit, nor what was only tried.
    const tried = {
      code: 'ABCDE-FGHJK-MNPQR-STVWX',
      token: 'prefish_0123456789abcdef_never-given-to-anybody',
    };
    const body = JSON.stringify({ code: tried.code, device: 'd' });
    expect((await server.ask('/v1/logins', { method: 'POST', body })).status).toBe(403);
    expect((await server.ask('/v1/account', { token: tried.token })).status).toBe(401);
    expect((await server.ask(`/v1/tasks/${tried.token}`, { token: ada.token })).status).toBe(404);
    const written = server.log() + JSON.stringify(await audit('--limit', '1000'));
    expect(written).toContain('"action":"login.refused"');
    for (const { token, code } of [ada, bob, tried]) {
      const secrets = [token, token.split('_').at(-1)!, code, code.replaceAll('-', '')];
      for (const secret of secrets) expect(written).not.toContain(secret);
    }
    for (const said of ['from afar', 'greeting.txt', 'authorization']) expect(written).not.toContain(said);
    for (const line of server.log().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });

  test('takes nothing that would name files of its own machine, or run without a sandbox', async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const repository = await server.home.repository({ 'a.txt': 'a\n' });
    const request = await server.push(ada, repository, 'adasrepo1');
    await expect(
      ada.client.submit({ ...request, options: { carry: ['node_modules'] } }),
    ).rejects.toMatchObject({
      code: 'PREFISH_REQUEST_INVALID',
      message: expect.stringContaining('options.carry'),
    });
  });

  test('ends a login at once, with everything that it follows', async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const again = await server.member('ada');
    const id = await submit(server, ada, '!sleep 600');
    const follow = async (token: string): Promise<{ ended: boolean }> => {
      const followed = { ended: false };
      const stream = await server.open(`/v1/tasks/${id}/events`, { token });
      stream
        .on('close', () => (followed.ended = true))
        .on('error', () => {})
        .resume();
      return followed;
    };
    const [first, second] = [await follow(ada.token), await follow(again.token)];
    const tokens = await ada.client.tokens();
    expect(tokens.map(({ current }) => current)).toEqual([false, true]);
    await again.client.revokeToken();
    await until(() => second.ended, 'the stream of the revoked token to end');
    expect(await server.ask('/v1/account', { token: again.token })).toMatchObject({ status: 401 });
    expect(first.ended).toBe(false);

    // From beside the server too.
    expect((await server.users('revoke', 'ada')).code).toBe(0);
    expect(await server.ask('/v1/account', { token: ada.token })).toMatchObject({
      status: 401,
      headers: expect.objectContaining({ 'www-authenticate': 'Bearer' }),
    });
    await until(() => first.ended, 'the stream of the revoked account to end');
    const back = await server.member('ada');
    expect((await back.client.get(id)).state).not.toBe('canceled');
    await back.client.cancel(id);
  });

  test('a token that only looks changes nothing', async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const id = await submit(server, ada, '!true');
    const looking = await server.member('ada', 'read');
    expect((await looking.client.list()).tasks).toHaveLength(1);
    await expect(looking.client.cancel(id)).rejects.toMatchObject({ code: 'PREFISH_FORBIDDEN' });
    await expect(looking.client.repository('adasrepo1')).rejects.toMatchObject({ code: 'PREFISH_FORBIDDEN' });
    const url = `${server.url}/git/repoada1.git`;
    expect(await runGit('/', looking.git, 'ls-remote', url)).toContain('refs/prefish/latest');
    const repository = await server.home.repository({ 'b.txt': 'b\n' });
    expect(
      await failed(runGit(repository.path, looking.git, 'push', '-q', url, 'HEAD:refs/heads/x')),
    ).toContain('403');
    await looking.client.revokeToken();
    expect((await server.ask('/v1/account', { token: looking.token })).status).toBe(401);
  });
});

describe('what prefish serve refuses', () => {
  test('to be reached by others without accounts, and without TLS', async () => {
    await using t = await sandboxHome();
    const listen = ['serve', '--listen', '0.0.0.0:0'];
    const without = await t.prefish(listen);
    expect(without).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('prefish users add'),
    });
    expect((await t.prefish(['users', 'add', 'ada'])).code).toBe(0);
    const plain = await t.prefish(listen);
    expect(plain).toMatchObject({ code: 3, stderr: expect.stringContaining('--tls-cert') });
    const { cert } = await makeCertificate(t.root);
    const { key } = await makeCertificate(t.root, 'other');
    const mixed = await t.prefish([...listen, '--tls-cert', cert, '--tls-key', key]);
    expect(mixed).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_SERVER_START') });
    for (const words of [
      ['--listen', '8377'],
      ['--tls-cert', cert],
      ['--disk-per-account', 'much'],
      ['--no'],
    ]) {
      expect(await t.prefish(['serve', ...words]), words.join(' ')).toMatchObject({ code: 2 });
    }
  });

  test('names that are none, accounts that are not there, and codes that were used', async () => {
    await using server = await teamServer();
    for (const name of ['', 'Ada', '..', 'a/b', 'x.git', '-x']) {
      expect((await server.users('add', '--', name)).code, name).toBe(2);
    }
    expect((await server.users('revoke', 'nobody')).code).toBe(4);
    const nowhere = join(server.home.root, 'nowhere');
    for (const words of [['ls'], ['audit'], ['code', 'ada'], ['revoke', 'ada']]) {
      expect(await server.users(...words, '--data', nowhere), words.join(' ')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`No server has accounts in ${nowhere}`),
      });
    }
    expect(existsSync(nowhere)).toBe(false);
    expect((await server.users('add', 'ada', '--data', nowhere)).stdout).toContain(nowhere);
    expect((await server.users('revoke', 'ada', '--data', nowhere)).code).toBe(0);
    expect(await server.users('revoke', 'ada', '--data', nowhere)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ada was revoked before'),
    });
    expect((await server.users('code', 'ada', '--data', nowhere)).stderr).toContain(
      'prefish users add ada lets it in again',
    );
    const { code, login } = (await server.users('add', 'ada', '--json')).json<{
      code: string;
      login: string;
    }>();
    expect(login).toBe(`prefish login ${server.url}`);
    const trade = (offered: string) =>
      server.ask('/v1/logins', { method: 'POST', body: JSON.stringify({ code: offered, device: 'd' }) });
    expect((await trade(` ${code.toLowerCase().replaceAll('-', ' ')} `)).status).toBe(201);
    expect(await trade(code)).toMatchObject({ status: 403 });
    const second = (await server.users('code', 'ada', '--json')).json<{ code: string }>();
    const device = 'laptop\n2026-01-01  account.added  mallory\u001b]0;title\u0007';
    await server.ask('/v1/logins', { method: 'POST', body: JSON.stringify({ code: second.code, device }) });
    for (const shown of [await server.users('audit'), await server.users('ls')]) {
      expect(shown.stdout).toContain('laptop');
      expect(shown.stdout).not.toMatch(/^2026-01-01|\u001b/m);
    }
    const answers = await Promise.all(Array.from({ length: 12 }, () => trade('0'.repeat(20))));
    const limited = answers.find(({ status }) => status === 429);
    expect(limited?.json()).toMatchObject({ code: 'PREFISH_LIMIT' });
    expect(Number(limited?.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('a certificate that was renewed', () => {
  test('is taken at SIGHUP, and one that cannot be used is not', async () => {
    await using server = await teamServer();
    const shown = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(server.url);
        const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
          resolve(socket.getPeerX509Certificate()!.toString());
          socket.destroy();
        });
        socket.once('error', reject);
      });
    expect(await shown()).toBe(new X509Certificate(server.certificate.pem).toString());
    const renewed = await makeCertificate(server.home.root);
    server.process.kill('SIGHUP');
    await until(
      async () => (await shown()) === new X509Certificate(renewed.pem).toString(),
      'the new certificate',
    );
    await writeFile(renewed.cert, 'none');
    server.process.kill('SIGHUP');
    await until(() => server.log().includes('the certificate stays as it was'), 'the refusal');
    expect(await shown()).toBe(new X509Certificate(renewed.pem).toString());
  });
});

describe('a server that is told to end', () => {
  needs('bubblewrap');

  test('ends its streams, and gives back what runs', { timeout: 60_000 }, async () => {
    await using server = await teamServer();
    const ada = await server.member('ada');
    const id = await submit(server, ada, '!sleep 600');
    await until(async () => (await ada.client.get(id)).state === 'working', 'the task to run');
    const stream = await server.open(`/v1/tasks/${id}/events`, { token: ada.token });
    let heard = '';
    stream
      .setEncoding('utf8')
      .on('data', (part: string) => (heard += part))
      .on('error', () => {});
    await until(() => heard.includes('event: task'), 'the stream to begin');
    server.process.kill('SIGTERM');
    const [code] = (await once(server.process, 'exit')) as [number];
    expect(code).toBe(0);
    await until(() => heard.includes('worker-lost') || heard.includes('"submitted"'), 'the end to be told');
    expect(server.log()).toContain('the server has closed');
  });

  test('waits for what runs when it has the time, and ends at once when it is told twice', async () => {
    await using server = await teamServer('--drain', '600');
    const ada = await server.member('ada');
    const id = await submit(server, ada, '!sleep 600');
    const processes = (): Promise<number[]> => processesWithEnvironment(`PREFISH_TASK_ATTEMPT=${id}/1`);
    await until(async () => (await processes()).length > 0, 'the task to run');
    server.process.kill('SIGTERM');
    await until(() => server.log().includes('waits for what runs to end'), 'the server to drain');
    expect((await server.ask('/readyz')).status).toBe(503);
    expect((await ada.client.get(id)).state).toBe('working');
    const began = performance.now();
    server.process.kill('SIGTERM');
    const [code] = (await once(server.process, 'exit')) as [number];
    expect(code).toBe(143);
    expect(performance.now() - began).toBeLessThan(30_000);
    await until(async () => (await processes()).length === 0, 'nothing to be left');
    expect(server.log()).toContain('told to end twice');
  });
});
