import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AccessToken } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../packages/server/src/auth/audit.ts';
import { needs } from '../support/needs.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { served } from '../support/served.ts';
import { caller } from './logged-in.ts';

needs('bubblewrap', 'openssl');

describe('prefish login https://HOST', () => {
  test('trades a code for a token that is kept for the user alone, and logout revokes it', async () => {
    await using server = await served();
    await using home = await sandboxHome();
    const prefish = caller(home, server);
    const code = await server.codeFor('ada');
    const untrusted = await home.prefish(['login', server.url], { input: `${code}\n` });
    expect(untrusted).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('PREFISH_SERVER_CERTIFICATE'),
    });
    expect(untrusted.stderr).toContain('NODE_EXTRA_CA_CERTS');
    expect(untrusted.stderr).not.toContain('--use-system-ca');
    const plain = await prefish(['login', server.url.replace('https:', 'http:')], `${code}\n`);
    expect(plain).toMatchObject({ code: 3, stderr: expect.stringContaining(server.url) });
    const empty = await prefish(['login', server.url], '\n');
    expect(empty).toMatchObject({ code: 3, stderr: expect.stringContaining('No code was given') });
    const wrong = await prefish(['login', server.url], 'ABCDE-FGHJK-MNPQR-STVWX\n');
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_LOGIN_CODE') });
    for (const typed of ['no-such-code', 'prefish_0123456789abcdef_secret']) {
      const said = await prefish(['login', server.url], `${typed}\n`);
      expect(said, typed).toMatchObject({ code: 3, stderr: expect.stringContaining('it was sent nowhere') });
      expect(said.stderr).not.toContain(typed);
    }
    const audit = (await server.home.prefish(['users', 'audit', '--json'])).json<{ entries: AuditEntry[] }>();
    expect(audit.entries.filter(({ action }) => action === 'login.refused')).toHaveLength(1);

    const login = await prefish(['login', server.url, '--json'], `${code}\n`);
    expect(login.json()).toMatchObject({ url: server.url, account: 'ada' });
    const known = join(home.prefishHome, 'data', 'servers.json');
    expect((await stat(known)).mode & 0o777).toBe(0o600);
    const { token } = JSON.parse(await readFile(known, 'utf8')).servers[0] as { token: string };
    expect((await prefish(['whoami', '--json'])).json()).toMatchObject({
      servers: [{ url: server.url, account: { name: 'ada' }, tokens: [{ current: true }] }],
    });
    expect((await prefish(['login', server.url], `${code}\n`)).stderr).toContain('PREFISH_LOGIN_CODE');

    expect(await prefish(['logout', 'here'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('This machine has no login'),
    });
    const readCode = await server.home.prefish(['users', 'code', 'ada', '--scope', 'read', '--json']);
    await using visitor = await sandboxHome();
    const looking = caller(visitor, server);
    const { code: given } = readCode.json<{ code: string }>();
    expect((await looking(['login', server.url], `${given}\n`)).stdout).toContain('only looks');
    expect(await looking(['--server', server.url, '-c', '& tidy up the tests'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`The login to ${server.url} may only look; nothing was sent`),
    });
    const seen = (await looking(['whoami'])).stdout;
    expect(seen).toMatch(/ only looks · .*logins: [^·]*\(this one\)/);
    expect((await prefish(['whoami'])).stdout).toMatch(/logins: (?=.*\(this one\)).*\(only looks\)/);
    const doctor = (await server.home.prefish(['doctor', '--json'])).json<{ check: string; ok: boolean }[]>();
    expect(doctor.find(({ check }) => check === 'serve')).toMatchObject({ ok: process.getuid?.() !== 0 });

    const logins = (await prefish(['logins', '--json'])).json<{
      logins: (AccessToken & { url: string })[];
    }>();
    const [other, own] = logins.logins;
    expect([other, own]).toMatchObject([
      { scope: 'read', current: false, url: server.url },
      { scope: 'tasks', current: true },
    ]);
    expect((await prefish(['logins'])).stdout).toMatch(new RegExp(`${other!.id}  .* · only looks · since`));
    expect(await looking(['logins', 'revoke', own!.id])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('PREFISH_FORBIDDEN'),
    });
    for (const [words, exit] of [
      [[], 2],
      [[own!.id], 2],
      [['none'], 4],
      [[other!.id, '--others'], 2],
    ] as const) {
      expect(await prefish(['logins', 'revoke', ...words]), words.join()).toMatchObject({ code: exit });
    }
    expect((await prefish(['logins', 'revoke', other!.id])).stdout).toContain('Ended the login of');
    const over = await looking(['logins']);
    expect(over).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_LOGIN_REQUIRED') });
    expect(over.stderr).toContain(`Your login to ${server.url} was ended`);
    expect((await looking(['whoami'])).stdout).toContain(
      `Your login was ended\n    prefish login ${server.url}`,
    );
    expect((await prefish(['logins', 'revoke', '--others', '--json'])).json()).toEqual({ revoked: [] });

    expect((await prefish(['logout', '--json'])).json()).toEqual({ url: server.url, revoked: true });
    expect(await readFile(known, 'utf8')).not.toContain(token);
    const revoked = await home.prefish(['--server', server.url, 'tasks', 'ls'], {
      env: { ...server.env, PREFISH_TOKEN: token },
    });
    expect(revoked.stderr).toContain('PREFISH_LOGIN_REQUIRED');
    expect(revoked.stderr).toContain('does not take the token in PREFISH_TOKEN');
  });

  test('says that logins may be left where the server of one does not answer', async () => {
    await using home = await sandboxHome();
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await new Promise((resolve) => silent.close(resolve));
    const env = { PREFISH_TOKEN: 'prefish_0', PREFISH_SERVER: `http://127.0.0.1:${port}` };
    for (const words of [[], ['revoke', '--others'], ['revoke', '3f0c12ab34cd56ef']]) {
      const run = await home.prefish(['logins', ...words], { env });
      expect(run, words.join()).toMatchObject({ code: 3, stdout: '' });
      expect(run.stderr).toContain('could not be asked');
    }
  });

  test('says so where the server is of another version, before it asks for a code', async () => {
    await using home = await sandboxHome();
    const other = createServer((_, response) => {
      response.end(JSON.stringify({ version: '9.0.0', protocol: 99 }));
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { port } = other.address() as AddressInfo;
      const run = await home.prefish(['login', `http://127.0.0.1:${port}`]);
      expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_SERVER_VERSION') });
      expect(run.stderr).toContain('prefish 9.0.0 on 127.0.0.1');
    } finally {
      other.close();
    }
  });

  test('says of what was chosen that it is no server, with what may be meant', async () => {
    await using home = await sandboxHome();
    for (const [server, meant] of [
      ['foo', 'https://HOST'],
      ['127.0.0.1:8377', 'http://127.0.0.1:8377'],
    ] as const) {
      const run = await home.prefish(['tasks', 'ls'], { env: { PREFISH_SERVER: server } });
      expect(run.stderr).toContain(`“${server}” is not the URL of a server`);
      expect(run.stderr).toContain(`hint: ${meant}`);
    }
  });

  test('sends no token after a redirect', async () => {
    await using home = await sandboxHome();
    const seen: string[] = [];
    const other = createServer((request, response) => {
      seen.push(request.url ?? '');
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const first = createServer((request, response) => {
      response.writeHead(307, {
        location: `http://127.0.0.1:${(other.address() as AddressInfo).port}${request.url}`,
      });
      response.end();
    }).listen(0, '127.0.0.1');
    await once(first, 'listening');
    try {
      const run = await home.prefish(['login', `http://127.0.0.1:${(first.address() as AddressInfo).port}`], {
        input: 'code\n',
      });
      expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('PREFISH_SERVER_ANSWER') });
      expect(seen).toEqual([]);
    } finally {
      first.close();
      other.close();
    }
  });
});
