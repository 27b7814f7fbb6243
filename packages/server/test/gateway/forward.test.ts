import { request } from 'node:http';
import { join } from 'node:path';
import type { EventBody } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openGateway, type Gateway } from '../../src/gateway/gateway.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { testApi } from '../fixtures/model-api.ts';
import { rawServer, sendRaw } from '../fixtures/raw-request.ts';
import { ask } from '../fixtures/socket-request.ts';
import { until } from '../fixtures/until.ts';

const secret = 'sk-very-secret-0123456789';
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

let folder: ReturnType<typeof temporaryFolder>;
let gateways: Gateway[];
let reported: EventBody[];
beforeEach(() => {
  folder = temporaryFolder();
  gateways = [];
  reported = [];
});
afterEach(async () => {
  for (const gateway of gateways) await gateway.close();
  folder[Symbol.dispose]();
});

async function open(name: string, url: string): Promise<string> {
  const socketPath = join(folder.path, name);
  gateways.push(
    await openGateway({
      socketPath,
      token: name,
      models: [{ api: 'openai', url, secret, header: 'authorization' }],
      report: (event) => reported.push(event),
    }),
  );
  return socketPath;
}
const headOf = (token: string, method = 'GET', path = '/v1/models'): string =>
  `${method} /openai${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n`;

describe('a request inside of a request', () => {
  const inner = 'POST /v1/files HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n';

  test.each(['GET', 'HEAD'])('does not leave in the body of a %s', async (method) => {
    await using upstream = await rawServer(ok);
    const socketPath = await open('one', `http://127.0.0.1:${upstream.port}`);
    const chunked = `transfer-encoding: chunked\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    using raw = sendRaw(socketPath, `${headOf('one', method)}${chunked}`);
    await until(() => raw.heard.includes('200 OK'));
    using other = sendRaw(
      socketPath,
      `${headOf('one', method)}content-length: ${inner.length}\r\n\r\n${inner}`,
    );
    await until(() => other.heard.includes('200 OK'));
    expect(upstream.heard.join()).not.toContain('/v1/files');
    expect(upstream.heard.join()).not.toContain('content-length');
  });

  test('has its length said, whatever the request calls its own connection’s', async () => {
    await using upstream = await testApi();
    const socketPath = await open('one', upstream.url);
    const headers = `connection: content-length\r\ncontent-length: ${inner.length}\r\n\r\n`;
    using raw = sendRaw(socketPath, `${headOf('one', 'POST', '/v1/responses')}${headers}${inner}`);
    await until(() => raw.heard.includes('200 OK'));
    expect(upstream.received).toMatchObject([{ url: '/v1/responses', body: inner }]);
  });
});

test('tasks share no connection', async () => {
  await using upstream = await rawServer(ok);
  const url = `http://127.0.0.1:${upstream.port}`;
  for (const name of ['one', 'two']) {
    const answer = await ask(await open(name, url), '/openai/v1/models', { headers: { 'x-api-key': name } });
    expect(answer.status).toBe(200);
  }
  expect(upstream.heard).toHaveLength(2);
});

test.each([
  'HTTP/1.1 099 ?\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 101 ?\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
])('an answer that is none harms nobody: %j', async (answer) => {
  await using upstream = await rawServer(answer);
  const socketPath = await open('one', `http://127.0.0.1:${upstream.port}`);
  const headers = { 'x-api-key': 'one' };
  for (const _ of [1, 2]) {
    expect((await ask(socketPath, '/openai/v1/models', { headers })).status).toBe(502);
  }
  expect(reported).toMatchObject([{ code: 'PREFISH_MODEL_UNREACHABLE' }]);
});

test('so many requests are under way at once and no more, on however few connections', async () => {
  await using upstream = await rawServer('');
  const socketPath = await open('one', `http://127.0.0.1:${upstream.port}`);
  {
    using _raw = sendRaw(socketPath, `${headOf('one')}\r\n`.repeat(400));
    await until(() => upstream.heard.length === 256);
    const refused = await ask(socketPath, '/openai/v1/models', { headers: { 'x-api-key': 'one' } });
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.text)).toMatchObject({ error: { type: 'rate_limit_error' } });
    expect(upstream.heard).toHaveLength(256);
  }
  using raw = sendRaw(socketPath, `${headOf('one')}\r\n`);
  await until(() => upstream.heard.length === 257);
  expect(raw.heard).toBe('');
});

test('the secret is taken out of what an API says of a success too, and nothing waits for more', async () => {
  await using upstream = await testApi(({ headers }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${headers.authorization}\n\n`);
  });
  const socketPath = await open('one', upstream.url);
  const asked = request({ socketPath, path: '/openai/v1/responses', method: 'POST' });
  asked
    .on('error', () => {})
    .setHeader('x-api-key', 'one')
    .end('{}');
  let heard = '';
  asked.once('response', (response) =>
    response.on('error', () => {}).on('data', (part) => (heard += String(part))),
  );
  await until(() => heard === 'data: Bearer [secret]\n\n');
  asked.destroy();
});

test('the way to an API leads through the proxy of the server', async () => {
  await using proxy = await rawServer(ok);
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`);
  try {
    const socketPath = await open('one', 'http://models.invalid');
    using raw = sendRaw(socketPath, `${headOf('one')}\r\n`);
    await until(() => raw.heard.includes('200 OK'));
    expect(proxy.heard.join()).toContain('GET http://models.invalid/v1/models HTTP/1.1');
  } finally {
    vi.unstubAllEnvs();
  }
});
