import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { commitInto } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { teamServer, type TeamAnswer, type TeamServer } from '../fixtures/team-server.ts';
import { until } from '../fixtures/until.ts';

/** What a browser says with everything that the page itself asks. */
const fromPage = (server: TeamServer): Record<string, string> => ({
  origin: server.url,
  'sec-fetch-site': 'same-origin',
});

const signIn = (server: TeamServer, code: string): Promise<TeamAnswer> =>
  server.ask('/v1/sessions', { method: 'POST', headers: fromPage(server), body: JSON.stringify({ code }) });

/** Signs a browser in; resolves with what it says from then on. */
async function browser(server: TeamServer, code: string): Promise<Record<string, string>> {
  const answer = await signIn(server, code);
  expect(answer.status, answer.text).toBe(201);
  return { ...fromPage(server), cookie: answer.headers['set-cookie']![0]!.split(';')[0]! };
}

describe('the page of a server with accounts', () => {
  needs('bubblewrap');

  test('lets a browser in by a code of either kind, as the account that it is of', async () => {
    await using server = await teamServer();
    const { client } = await server.member('ada');
    expect((await server.ask('/')).text).toContain('<!doctype html>');
    const refused = await server.ask('/v1/tasks', { headers: fromPage(server) });
    expect(refused).toMatchObject({ status: 401 });
    expect(refused.json()).toMatchObject({ code: 'PREFISH_SIGNED_OUT' });

    const asked = await client.signInCode();
    expect(asked.url).toBe(`${server.url}/`);
    const ada = await browser(server, asked.code);
    const bob = await browser(server, (await server.accounts.add('bob')).code);
    expect((await signIn(server, asked.code)).json()).toMatchObject({ code: 'PREFISH_SIGN_IN_CODE' });

    await client.repository('repository1');
    const snapshot = commitInto(join(server.folder, 'repositories', 'ada', 'repository1.git'));
    const { id } = await client.submit(request({ line: '!sleep 600', snapshot, options: {} }));
    expect((await server.ask(`/v1/tasks/${id}`, { headers: ada })).json()).toMatchObject({ id });
    expect((await server.ask(`/v1/tasks/${id}`, { headers: bob })).status).toBe(404);
    expect((await server.ask(`/v1/tasks/${id}/cancel`, { method: 'POST', headers: bob })).status).toBe(404);
    expect((await server.ask('/v1/account', { headers: bob })).json()).toMatchObject({ name: 'bob' });
    expect((await server.ask('/v1/info', { headers: ada })).json()).toMatchObject({
      working: 1,
      embedded: false,
    });
    expect((await server.ask(`/v1/tasks/${id}/cancel`, { method: 'POST', headers: ada })).status).toBe(200);
    await until(async () => (await client.get(id)).endedAt !== undefined);
    const entries = await server.accounts.audit({ account: 'ada', limit: 100 });
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['session.opened', 'task.canceled']),
    );
  });

  test('shows an account its tokens and its browsers, and no others', async () => {
    await using server = await teamServer();
    const { token } = await server.member('ada');
    const ada = await browser(server, (await server.accounts.issueCode('ada', 'tasks')).code);
    const bob = await browser(server, (await server.accounts.add('bob')).code);
    const sessions = async (headers: Record<string, string>): Promise<{ id: string; current: boolean }[]> =>
      (await server.ask('/v1/sessions', { headers })).json<{ sessions: { id: string; current: boolean }[] }>()
        .sessions;
    expect(await sessions(ada)).toMatchObject([{ current: true }]);
    const [other] = await sessions(bob);
    const end = (path: string, headers: Record<string, string>): Promise<TeamAnswer> =>
      server.ask(path, { method: 'DELETE', headers });
    expect((await end(`/v1/sessions/${other!.id}`, ada)).status).toBe(404);
    const { tokens } = (await server.ask('/v1/account/tokens', { headers: ada })).json<{
      tokens: { id: string }[];
    }>();
    expect(tokens).toHaveLength(1);
    expect((await end(`/v1/account/tokens/${tokens[0]!.id}`, bob)).status).toBe(404);
    expect((await end(`/v1/account/tokens/${tokens[0]!.id}`, ada)).status).toBe(204);
    expect((await server.ask('/v1/account', { token })).status).toBe(401);
  });

  test('starts no tasks, gives out no codes, and listens to no other page', async () => {
    await using server = await teamServer();
    const ada = await browser(server, (await server.accounts.add('ada')).code);
    for (const [method, path] of [
      ['POST', '/v1/sign-in-codes'],
      ['POST', '/v1/tasks'],
      ['PUT', '/v1/repositories/repository1'],
    ] as const) {
      expect((await server.ask(path, { method, headers: ada, body: '{}' })).status, path).toBe(404);
    }
    expect((await server.ask('/git/repository1.git/info/refs', { headers: ada })).status).toBe(401);
    expect((await server.ask('/metrics', { headers: ada })).status).toBe(401);
    for (const foreign of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await server.ask('/v1/tasks/1/cancel', {
        method: 'POST',
        headers: { ...ada, ...foreign },
      });
      expect(answer.json()).toMatchObject({ code: 'PREFISH_ORIGIN_REFUSED' });
    }
  });

  test('lets a browser only look by a code that lets only look', async () => {
    await using server = await teamServer();
    await server.member('ada');
    const looking = await browser(server, (await server.accounts.issueCode('ada', 'read')).code);
    expect((await server.ask('/v1/tasks', { headers: looking })).status).toBe(200);
    const answer = await server.ask('/v1/tasks/1/cancel', { method: 'POST', headers: looking });
    expect(answer.json()).toMatchObject({ code: 'PREFISH_FORBIDDEN' });
    const acting = await browser(server, (await server.accounts.issueCode('ada', 'tasks')).code);
    const { sessions } = (await server.ask('/v1/sessions', { headers: acting })).json<{
      sessions: { id: string; current: boolean }[];
    }>();
    const own = sessions.find(({ current }) => current)!.id;
    const ended = await server.ask(`/v1/sessions/${own}`, { method: 'DELETE', headers: looking });
    expect(ended.json()).toMatchObject({ code: 'PREFISH_FORBIDDEN' });
    expect((await server.ask('/v1/tasks', { headers: acting })).status).toBe(200);
    expect((await server.ask('/v1/sessions/current', { method: 'DELETE', headers: looking })).status).toBe(
      204,
    );
  });

  test('lets nobody in any more when the account is revoked, also in what is followed', async () => {
    await using server = await teamServer();
    await server.member('ada');
    const headers = await browser(server, (await server.accounts.issueCode('ada', 'tasks')).code);
    const stream = await server.open('/v1/tasks', { headers: { ...headers, accept: 'text/event-stream' } });
    let ended = false;
    stream
      .on('close', () => (ended = true))
      .on('error', () => {})
      .resume();
    await server.accounts.revoke('ada');
    expect((await server.ask('/v1/tasks', { headers })).json()).toMatchObject({ code: 'PREFISH_SIGNED_OUT' });
    await until(() => ended);
    await server.accounts.add('ada');
    expect((await server.ask('/v1/tasks', { headers })).status).toBe(401);
    expect(readFileSync(join(server.folder, 'page', 'sessions.json'), 'utf8')).toBe('[]\n');
  });

  test('lets no browser in again with an account that was revoked while it was not used', async () => {
    await using server = await teamServer();
    await server.member('ada');
    const before = await browser(server, (await server.accounts.issueCode('ada', 'tasks')).code);
    await server.accounts.revoke('ada');
    const { code } = await server.accounts.add('ada');
    expect((await server.ask('/v1/tasks', { headers: before })).json()).toMatchObject({
      code: 'PREFISH_SIGNED_OUT',
    });
    const now = await browser(server, code);
    expect((await server.ask('/v1/tasks', { headers: now })).status).toBe(200);
    expect((await server.ask('/v1/tasks', { headers: before })).status).toBe(401);
  });

  test('sends its cookie over TLS alone, where there is a proxy that ends it', async () => {
    await using server = await teamServer({ behindProxy: true });
    const { code } = await server.accounts.add('ada');
    const forwarded = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'prefish.example.com',
      'x-forwarded-for': '203.0.113.7',
    };
    const headers = { ...forwarded, origin: 'https://prefish.example.com', 'sec-fetch-site': 'same-origin' };
    const answer = await server.ask('/v1/sessions', {
      method: 'POST',
      headers,
      body: JSON.stringify({ code }),
    });
    expect(answer.headers['set-cookie']![0]).toMatch(
      /^__Host-prefish=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const { token } = await server.member('ada');
    const located = await server.ask('/v1/repositories/repository1', {
      method: 'PUT',
      token,
      headers: forwarded,
    });
    expect(located.json()).toMatchObject({ remote: 'https://prefish.example.com/git/repository1.git' });
    expect(await server.accounts.audit({ limit: 100 })).toContainEqual(
      expect.objectContaining({ action: 'session.opened', address: '203.0.113.7' }),
    );
  });
});
