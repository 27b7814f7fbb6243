import { existsSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { EventBody, ModelAccess, ModelApi } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { testApi, type TestApi } from '../fixtures/model-api.ts';
import { ask as askSocket } from '../fixtures/socket-request.ts';
import { until } from '../fixtures/until.ts';

const secret = 'sk-very-secret-0123456789';
const token = 'token-of-this-attempt';

let folder: ReturnType<typeof temporaryFolder>;
let socketPath: string;
let gateway: Gateway | undefined;
let reported: EventBody[];
beforeEach(() => {
  folder = temporaryFolder();
  socketPath = join(folder.path, 's');
  reported = [];
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  folder[Symbol.dispose]();
});

async function open(models: readonly ModelAccess[], maxBody?: number): Promise<void> {
  gateway = await openGateway({
    socketPath,
    models,
    token,
    report: (event) => reported.push(event),
    ...(maxBody !== undefined && { maxBody }),
  });
}
const access = (api: ModelApi, url: string, changes: Partial<ModelAccess> = {}): ModelAccess => ({
  api,
  url,
  secret,
  header: api === 'anthropic' ? 'x-api-key' : api === 'google' ? 'x-goog-api-key' : 'authorization',
  ...changes,
});
const ask = (path: string, options: Parameters<typeof askSocket>[2] = {}) =>
  askSocket(socketPath, path, { ...options, headers: { 'x-api-key': token, ...options.headers } });

describe('a request that shows the token', () => {
  test.each([
    ['anthropic', { 'x-api-key': token }, '', 'x-api-key', secret],
    ['anthropic', { authorization: `Bearer ${token}` }, '', 'x-api-key', secret],
    ['openai', { authorization: `Bearer ${token}` }, '', 'authorization', `Bearer ${secret}`],
    ['google', { 'x-goog-api-key': token }, '', 'x-goog-api-key', secret],
    ['google', {}, `?key=${token}&alt=sse`, 'x-goog-api-key', secret],
  ] as const)('of %s with %o%s goes on with the credential', async (api, headers, query, name, value) => {
    await using upstream = await testApi();
    await open([access(api, `${upstream.url}/base/`)]);
    const path = {
      anthropic: '/v1/messages',
      openai: '/v1/responses',
      google: '/v1beta/models/gemini:generateContent',
    }[api];
    const answer = await askSocket(socketPath, `/${api}${path}${query}`, { headers, body: '{"a":1}' });
    expect(answer).toMatchObject({ status: 200, text: '{"ok":true}' });
    const [received] = upstream.received;
    expect(received).toMatchObject({ method: 'POST', body: '{"a":1}' });
    expect(received?.url).toBe(`/base${path}${query === '' ? '' : '?alt=sse'}`);
    expect(received?.headers[name]).toBe(value);
    expect(JSON.stringify(received)).not.toContain(token);
  });

  test('carries no credential, cookie or connection header of its own', async () => {
    await using upstream = await testApi();
    const headers = { 'chatgpt-account-id': 'mine', 'anthropic-beta': 'oauth-1, b' };
    await open([access('anthropic', upstream.url, { header: 'authorization', headers })]);
    await ask('/anthropic/v1/messages?beta=true&key=other', {
      body: '{}',
      headers: {
        authorization: 'Bearer other',
        cookie: 'a=b',
        'x-goog-api-key': 'other',
        'proxy-authorization': 'Basic other',
        'chatgpt-account-id': 'other',
        'x-private': 'other',
        connection: 'keep-alive, x-private',
        'anthropic-beta': 'a,b',
        'anthropic-version': '2023-06-01',
      },
    });
    const [received] = upstream.received;
    expect(received?.url).toBe('/v1/messages?beta=true');
    expect(received?.headers).toMatchObject({
      authorization: `Bearer ${secret}`,
      'chatgpt-account-id': 'mine',
      'anthropic-beta': 'a,b,oauth-1',
      'anthropic-version': '2023-06-01',
      host: new URL(upstream.url).host,
    });
    expect(JSON.stringify(received)).not.toContain('other');
    expect(received?.headers).not.toHaveProperty('cookie');
  });

  test('says only what it says: no other method, place, account or key beside it', async () => {
    await using upstream = await testApi();
    await open([access('google', upstream.url)]);
    await ask('/google/v1beta/models/gemini:countTokens?access_token=other&$userProject=other&alt=sse', {
      body: '{}',
      headers: {
        'x-http-method-override': 'other',
        'x-method-override': 'other',
        'x-http-method': 'other',
        'x-original-url': '/other',
        'x-rewrite-url': '/other',
        'x-goog-user-project': 'other',
      },
    });
    expect(upstream.received).toMatchObject([{ url: '/v1beta/models/gemini:countTokens?alt=sse' }]);
    expect(JSON.stringify(upstream.received)).not.toContain('other');
  });

  test('gets its answer as it comes', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: goOn, resolve: finish } = Promise.withResolvers<void>();
    await using upstream = await testApi((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'set-cookie': 'a=b' });
      response.flushHeaders();
      void begun.then(() => response.write('data: one\n\n'));
      void goOn.then(() => response.end('data: two\n\n'));
    });
    await open([access('anthropic', upstream.url)]);
    const asked = httpRequest({ socketPath, path: '/anthropic/v1/messages', method: 'POST' });
    asked.setHeader('x-api-key', token).end('{}');
    const response = await new Promise<import('node:http').IncomingMessage>((resolve) =>
      asked.once('response', resolve),
    );
    expect(response.headers).not.toHaveProperty('set-cookie');
    begin();
    const parts: string[] = [];
    for await (const part of response.setEncoding('utf8')) {
      parts.push(String(part));
      if (parts.length === 1) finish();
    }
    expect(parts).toEqual(['data: one\n\n', 'data: two\n\n']);
  });

  test('takes its answer’s other end along when it leaves', async () => {
    let ended = false;
    await using upstream = await testApi((_, response) => {
      response.writeHead(200).write('never ends');
      response.once('close', () => (ended = true));
    });
    await open([access('openai', upstream.url)]);
    const asked = httpRequest({ socketPath, path: '/openai/chat/completions', method: 'POST' });
    asked.on('error', () => {});
    asked.setHeader('x-api-key', token).end('{}');
    asked.once('response', (response) => response.once('data', () => asked.destroy()).on('error', () => {}));
    await until(() => ended);
  });
});

describe('the gateway refuses', () => {
  test('whoever shows another token, or none, in the shape of each API', async () => {
    await using upstream = await testApi();
    await open((['anthropic', 'openai', 'google'] as const).map((api) => access(api, upstream.url)));
    const headers = { 'x-api-key': `${token}x`, authorization: 'Bearer', 'x-goog-api-key': '' };
    const anthropic = await askSocket(socketPath, '/anthropic/v1/messages', { headers, body: '{}' });
    expect(anthropic.status).toBe(401);
    expect(JSON.parse(anthropic.text)).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error', message: expect.stringContaining('token of this task') },
    });
    const openai = await askSocket(socketPath, '/openai/v1/responses', { body: '{}' });
    expect(openai.status).toBe(401);
    expect(JSON.parse(openai.text)).toMatchObject({ error: { type: 'authentication_error' } });
    const google = await askSocket(socketPath, `/google/v1beta/models/x:countTokens?key=${secret}`, {
      body: '{}',
    });
    expect(google.status).toBe(401);
    expect(JSON.parse(google.text)).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } });
    expect(upstream.received).toEqual([]);
  });

  test.each([
    ['POST', '/anthropic/v1/files'],
    ['GET', '/anthropic/v1/messages/batches'],
    ['DELETE', '/anthropic/v1/models/claude'],
    ['GET', '/anthropic/v1/organizations/users'],
    ['POST', '/openai/v1/fine_tuning/jobs'],
    ['GET', '/openai/v1/files'],
    ['DELETE', '/openai/v1/models/mine'],
    ['GET', '/openai/v1/chat/completions'],
    ['POST', '/google/v1beta/files'],
    ['POST', '/google/v1beta/tunedModels/x:generateContent'],
    ['POST', '/google/v1beta/models/gemini:batchGenerateContent'],
    ['POST', '/google/v1beta/models/gemini:asyncBatchEmbedContent'],
    ['POST', '/google/v1beta/models/gemini:predictLongRunning'],
    ['POST', '/google/v1beta/models/gemini'],
    ['GET', '/openai/'],
  ])('what uses no model: %s %s', async (method, path) => {
    await using upstream = await testApi();
    await open((['anthropic', 'openai', 'google'] as const).map((api) => access(api, upstream.url)));
    const answer = await ask(path, { method });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('tasks only use models');
    expect(upstream.received).toEqual([]);
  });

  test.each([
    '/anthropic/../openai/v1/models',
    '/openai/v1/models/../files',
    '/openai/v1/models/%2e%2e/files',
    '/openai/v1/models/..%2ffiles',
    '/openai/v1/models/%2E%2E%5Cfiles',
    '/openai/v1/models/%252e%252e/files',
    '/openai//v1/models',
    'http://elsewhere/openai/v1/models',
    '/openai/v1/models\\..\\files',
    '/openai/v1/models/..;/files',
  ])('a path that might leave where the API begins: %s', async (path) => {
    await using upstream = await testApi();
    await open([access('openai', `${upstream.url}/base`)]);
    expect((await ask(path)).status).toBe(400);
    expect(upstream.received).toEqual([]);
  });

  test('an API that the task has no leave to use', async () => {
    await using upstream = await testApi();
    await open([access('openai', upstream.url)]);
    expect((await ask('/anthropic/v1/models')).status).toBe(404);
    expect((await ask('/elsewhere/v1/models')).status).toBe(404);
  });

  test('a body that is too long', async () => {
    await using upstream = await testApi();
    await open([access('openai', upstream.url)], 100_000);
    const answer = await ask('/openai/v1/responses', { body: Buffer.alloc(100_001) });
    expect(answer.status).toBe(413);
    expect(upstream.received).toEqual([]);
    expect((await ask('/openai/v1/responses', { body: Buffer.alloc(100_000) })).status).toBe(200);
  });
});

describe('the secret', () => {
  test('is taken out of what an API says of a failure', async () => {
    await using upstream = await testApi(({ headers }, response) => {
      const said = String(headers['x-api-key']);
      response.writeHead(400, { 'x-said': said });
      response.write(`bad key: ${said.slice(0, 5)}`);
      setImmediate(() => response.end(`${said.slice(5)}, ${said}!`));
    });
    await open([access('anthropic', upstream.url)]);
    const { status, headers, text } = await ask('/anthropic/v1/messages', { body: '{}' });
    expect({ status, said: headers['x-said'], text }).toEqual({
      status: 400,
      said: '[secret]',
      text: 'bad key: [secret], [secret]!',
    });
  });

  test('is in no word about a host that cannot be reached, which is said once', async () => {
    let url: string;
    {
      await using gone: TestApi = await testApi();
      url = gone.url;
    }
    await open([access('anthropic', url)]);
    for (const _ of [1, 2]) {
      const answer = await ask('/anthropic/v1/messages', { body: '{}' });
      expect(answer.status).toBe(502);
      expect(JSON.parse(answer.text)).toMatchObject({ error: { type: 'api_error' } });
    }
    expect(reported).toEqual([
      {
        type: 'warning',
        code: 'PREFISH_MODEL_UNREACHABLE',
        message: expect.stringContaining(new URL(url).host),
      },
    ]);
    expect(JSON.stringify(reported)).not.toContain(secret);
  });

  test('that is not taken is told once', async () => {
    await using upstream = await testApi((_, response) => response.writeHead(401).end('{}'));
    await open([access('anthropic', upstream.url)]);
    for (const _ of [1, 2]) expect((await ask('/anthropic/v1/models')).status).toBe(401);
    expect(reported).toMatchObject([{ code: 'PREFISH_MODEL_UNREACHABLE' }]);
  });
});

test('a closed gateway ends what is under way, and is gone', async () => {
  let ended = false;
  await using upstream = await testApi((_, response) => {
    response.writeHead(200).write('never ends');
    response.once('close', () => (ended = true));
  });
  await open([access('openai', upstream.url)]);
  const failed = ask('/openai/v1/responses', { body: '{}' }).then(
    () => false,
    () => true,
  );
  await until(() => upstream.received.length === 1);
  await gateway!.close();
  expect(await failed).toBe(true);
  await until(() => ended);
  expect(existsSync(socketPath)).toBe(false);
  await expect(ask('/openai/v1/models')).rejects.toMatchObject({ code: 'ENOENT' });
});
