import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createTaskId } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { ask, open, signIn } from '../fixtures/page-request.ts';
import { testServer } from '../fixtures/server.ts';
import { until } from '../fixtures/until.ts';

describe('the page of a server', () => {
  test('is not there before somebody asks for it', async () => {
    await using server = await testServer();
    expect((await server.client.info()).url).toBeUndefined();
    const { url } = await server.client.signInCode();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect((await server.client.info()).url).toBe(url);
  });

  test('lets its files be seen and nothing else, until a code was exchanged for a cookie', async () => {
    await using server = await testServer();
    const { url, code } = await server.client.signInCode();
    for (const path of ['/', '/account', '/tasks/t2']) {
      expect(await ask(url, path)).toMatchObject({
        status: 200,
        text: expect.stringContaining('<!doctype html>'),
      });
    }
    for (const path of [
      '/../package.json',
      '/%2e%2e/%2e%2e/package.json',
      '/assets/',
      '/assets/../../main.mjs',
      '/healthz',
    ]) {
      expect(await ask(url, path), path).toMatchObject({ status: 404 });
    }
    for (const path of ['/v1/tasks', '/v1/info', '/v1/sessions', '/v1/tasks/@last/events']) {
      const answer = await ask(url, path);
      expect(answer, path).toMatchObject({ status: 401 });
      expect(answer.json()).toMatchObject({ code: 'PREFISH_SIGNED_OUT' });
    }
    const signedIn = await ask(url, '/v1/sessions', { method: 'POST', body: { code } });
    expect(signedIn.status).toBe(201);
    const [cookie] = signedIn.headers['set-cookie']!;
    expect(cookie).toMatch(/^prefish-\d+=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
    const headers = { cookie: cookie!.split(';')[0]! };
    expect((await ask(url, '/v1/tasks', { headers })).json()).toEqual({ tasks: [] });
  });

  test('says in a browser that an address leads nowhere, and how to go home; to a program, as ever', async () => {
    await using server = await testServer();
    const { url } = await server.client.signInCode();
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const lost = await ask(url, '/tasks/3/%3Cscript%3E', { headers });
    expect(lost.status).toBe(404);
    expect(lost.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(lost.headers['content-security-policy']).toContain("default-src 'none'");
    expect(lost.text).toContain('There is nothing here');
    expect(lost.text).toContain('<a href="/">');
    expect(lost.text).not.toContain('script');
    const [, stylesheet] = /rel="stylesheet" href="([^"]+)"/.exec(lost.text)!;
    expect((await ask(url, stylesheet!)).headers['content-type']).toContain('text/css');
    expect((await ask(url, '/v1/tasks/3/log', { headers })).text).toContain('not signed in');
    expect((await ask(url, '/nonsense')).json()).toMatchObject({ code: 'PREFISH_ROUTE_UNKNOWN' });
  });

  test('takes a code once, and no other', async () => {
    await using server = await testServer();
    const { url, code } = await server.client.signInCode();
    const exchange = (offered: unknown): ReturnType<typeof ask> =>
      ask(url, '/v1/sessions', { method: 'POST', body: { code: offered } });
    expect((await exchange('x'.repeat(24))).json()).toMatchObject({ code: 'PREFISH_SIGN_IN_CODE' });
    expect((await exchange(code)).status).toBe(201);
    expect((await exchange(code)).json()).toMatchObject({ code: 'PREFISH_SIGN_IN_CODE' });
    expect((await exchange(['a'])).json()).toMatchObject({ code: 'PREFISH_REQUEST_INVALID' });
  });

  test('gives codes to nobody but its own socket, and starts no tasks', async () => {
    await using server = await testServer();
    const { url, cookie } = await signIn(server.client);
    for (const [method, path] of [
      ['POST', '/v1/sign-in-codes'],
      ['POST', '/v1/tasks'],
      ['POST', '/v1/tasks/'],
      ['PUT', '/v1/repositories/repository1'],
    ] as const) {
      const answer = await ask(url, path, { method, headers: { cookie }, body: {} });
      expect(answer.json(), path).toMatchObject({ code: 'PREFISH_ROUTE_UNKNOWN' });
    }
  });

  test('takes a task up with words, and with no program of an agent or place of a model', async () => {
    await using server = await testServer();
    const { url, cookie } = await signIn(server.client);
    const { id } = await server.client.submit(await server.request('Say hello'));
    await server.client.cancel(id);
    await until(async () => (await server.client.get(id)).endedAt !== undefined);
    const next = { id: createTaskId(), line: 'And now?' };
    const post = (action: string, body: object): ReturnType<typeof ask> =>
      ask(url, `/v1/tasks/${id}/${action}`, { method: 'POST', headers: { cookie }, body });
    const settings = { agent: { command: 'sh', args: ['-c', 'true'] } };
    const models = [{ api: 'anthropic', url: 'http://127.0.0.1:1', secret: 'x', header: 'x-api-key' }];
    for (const [action, body] of [
      ['continue', { ...next, enclosed: { settings } }],
      ['continue', { ...next, models }],
      ['retry', { id: next.id, models }],
    ] as const) {
      expect((await post(action, body)).json()).toMatchObject({ code: 'PREFISH_FORBIDDEN' });
    }
    const files = { 'conversation.md': 'Hello.' };
    expect(await post('continue', { ...next, enclosed: { files } })).toMatchObject({ status: 201 });
  });

  test('refuses what was not asked from the page itself', async () => {
    await using server = await testServer();
    const { url, cookie } = await signIn(server.client);
    const { id } = await server.client.submit(await server.request('!sleep 60'));
    for (const foreign of [
      // A name that was made to point here.
      { host: 'evil.example:80' },
      { host: '127.0.0.1.evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      // Another port of this machine.
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://127.0.0.1:1', 'sec-fetch-site': null },
      { origin: null, 'sec-fetch-site': null },
      // A sandboxed frame.
      { origin: 'null', 'sec-fetch-site': null },
    ]) {
      const headers = { cookie, ...foreign };
      const answer = await ask(url, `/v1/tasks/${id}/cancel`, { method: 'POST', headers });
      expect(answer.json(), JSON.stringify(foreign)).toMatchObject({
        code: 'PREFISH_ORIGIN_REFUSED',
        status: 403,
      });
    }
    expect((await server.client.get(id)).state).not.toBe('canceled');
    expect((await ask(url, `/v1/tasks/${id}/cancel`, { method: 'POST', headers: { cookie } })).status).toBe(
      200,
    );
  });

  test('is contained on every answer', async () => {
    await using server = await testServer();
    const { url } = await server.client.signInCode();
    for (const path of ['/', '/v1/tasks', '/nothing']) {
      const { headers } = await ask(url, path);
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      const policy = headers['content-security-policy'] as string;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
    }
  });

  test('lists who is signed in, and ends what one follows with its session', async () => {
    await using server = await testServer();
    const first = await signIn(server.client);
    const second = await signIn(server.client);
    const { url } = first;
    const { sessions } = (await ask(url, '/v1/sessions', { headers: { cookie: first.cookie } })).json<{
      sessions: { id: string; current: boolean }[];
    }>();
    expect(sessions.map(({ current }) => current)).toEqual([false, true]);

    const stream = await open(url, '/v1/tasks', {
      headers: { cookie: second.cookie, accept: 'text/event-stream' },
    });
    let ended = false;
    stream
      .on('close', () => (ended = true))
      .on('error', () => {})
      .resume();
    const revoked = await ask(url, `/v1/sessions/${sessions[0]!.id}`, {
      method: 'DELETE',
      headers: { cookie: first.cookie },
    });
    expect(revoked.status).toBe(204);
    await until(() => ended);
    expect((await ask(url, '/v1/tasks', { headers: { cookie: second.cookie } })).status).toBe(401);
    expect(revoked.headers['clear-site-data']).toBeUndefined();
    const out = await ask(url, '/v1/sessions/current', {
      method: 'DELETE',
      headers: { cookie: first.cookie },
    });
    expect(out.headers).toMatchObject({
      'cache-control': 'no-store',
      'clear-site-data': '"cache", "storage"',
      'set-cookie': [expect.stringMatching(/^prefish-\d+=; Max-Age=0;/)],
    });
    expect((await ask(url, '/v1/tasks', { headers: { cookie: first.cookie } })).status).toBe(401);
  });

  test('keeps sessions and port over a new start of the server, and no token on the disk', async () => {
    await using server = await testServer();
    const { url, cookie } = await signIn(server.client);
    const { code } = await server.client.signInCode();
    await server.restart();
    expect((await ask(url, '/v1/tasks', { headers: { cookie } })).status).toBe(200);
    const file = join(server.folder, 'page', 'sessions.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(cookie.split('=')[1]);
    expect(server.logged.join('\n')).not.toContain(code);
    expect((await ask(url, '/v1/sessions', { method: 'POST', body: { code } })).status).toBe(403);
  });

  test('is less than 200 kB on the wire until it shows something, and asks no other host for any of it', async () => {
    await using server = await testServer();
    const { url } = await server.client.signInCode();
    const { text: html } = await ask(url, '/');
    const files = [...html.matchAll(/ (?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(files.filter((path) => /\.(js|css)$/.test(path))).toHaveLength(2);
    let bytes = 0;
    for (const path of ['/', ...files]) {
      expect(path).toMatch(/^\/(?!\/)/);
      const response = await open(url, path, { headers: { 'accept-encoding': 'gzip' } });
      expect(response.headers['content-encoding']).toBe('gzip');
      for await (const chunk of response) bytes += (chunk as Buffer).length;
    }
    expect(bytes).toBeLessThan(200_000);
  });
});
