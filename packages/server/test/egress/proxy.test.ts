import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { EventBody } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { egressRules } from '../../src/egress/egress-rules.ts';
import { openEgressProxy, type EgressProxy } from '../../src/egress/proxy.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { testApi } from '../fixtures/model-api.ts';
import { rawServer, sendRaw } from '../fixtures/raw-request.ts';
import { ask } from '../fixtures/socket-request.ts';
import { until } from '../fixtures/until.ts';

let folder: ReturnType<typeof temporaryFolder>;
let socketPath: string;
let proxy: EgressProxy | undefined;
let reported: EventBody[];
beforeEach(() => {
  folder = temporaryFolder();
  socketPath = join(folder.path, 's');
  reported = [];
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  folder[Symbol.dispose]();
});

async function open(...allow: string[]): Promise<void> {
  const rules = egressRules('allowlist', allow, undefined)!;
  proxy = await openEgressProxy({ socketPath, rules, report: (event) => reported.push(event) });
}

/** Opens a tunnel, or says why there is none. */
function tunnel(authority: string): Promise<{ status: number; socket: Socket; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'CONNECT', path: authority });
    asked.once('error', reject);
    asked.once('connect', (response, socket, head) => {
      let text = head.toString();
      socket.on('error', () => {}).on('data', (part) => (text += String(part)));
      const status = response.statusCode ?? 0;
      if (status === 200) resolve({ status, socket, text });
      else socket.once('close', () => resolve({ status, socket, text }));
    });
    asked.end();
  });
}

/** A TCP server that says everything twice. */
async function echo(): Promise<AsyncDisposable & { readonly port: number; readonly server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('data', (part) => socket.write(`${part}${part}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a host that is listed', () => {
  test('is reached through a tunnel, and through an absolute URL', async () => {
    await using other = await echo();
    await using web = await testApi();
    await open(`127.0.0.1:${other.port}`, `localhost:${web.port}`);
    const { socket } = await tunnel(`127.0.0.1:${other.port}`);
    let heard = '';
    socket.on('data', (part) => (heard += String(part)));
    socket.write('hey');
    await until(() => heard === 'heyhey');
    socket.destroy();

    const answer = await ask(socketPath, `http://localhost:${web.port}/a?b=c`, {
      body: 'sent',
      headers: { host: 'elsewhere.example', 'proxy-authorization': 'Basic x', accept: 'text/plain' },
    });
    expect(answer).toMatchObject({ status: 200, text: '{"ok":true}' });
    const [received] = web.received;
    expect(received).toMatchObject({ url: '/a?b=c', body: 'sent', headers: { accept: 'text/plain' } });
    expect(received?.headers.host).toBe(`localhost:${web.port}`);
    expect(received?.headers).not.toHaveProperty('proxy-authorization');
    expect(reported).toEqual([]);
  });

  test('and does not answer is no refusal', async () => {
    let port: number;
    {
      await using gone = await echo();
      ({ port } = gone);
    }
    await open(`127.0.0.1:${port}`, 'nowhere.invalid');
    expect(await tunnel(`127.0.0.1:${port}`)).toMatchObject({
      status: 502,
      text: expect.stringContaining('ECONNREFUSED'),
    });
    expect((await ask(socketPath, 'http://nowhere.invalid/')).status).toBe(502);
    expect(reported).toEqual([]);
  });
});

describe('a host that is not listed', () => {
  test('is refused, with the line that would allow it, and told once', async () => {
    await open('*.example.com');
    const refused = await tunnel('example.org:443');
    expect(refused).toMatchObject({ status: 403, text: expect.stringContaining('allow: ["example.org"]') });
    const plain = await ask(socketPath, 'http://example.org:8080/');
    expect(plain).toMatchObject({
      status: 403,
      text: expect.stringContaining('allow: ["example.org:8080"]'),
    });
    expect(reported).toEqual([
      {
        type: 'warning',
        code: 'PREFISH_NETWORK_DENIED',
        message: 'this task may not reach example.org:443',
        hint: 'allow: ["example.org"] in prefish.config.yaml lets tasks reach it.',
      },
    ]);
  });

  test('is refused on another port than that of its entry', async () => {
    await using web = await testApi();
    await open('localhost:1', '127.0.0.1');
    for (const host of ['localhost', '127.0.0.1', '[::1]', '0x7f000001']) {
      expect((await ask(socketPath, `http://${host}:${web.port}/`)).status).toBe(403);
    }
    expect(web.received).toEqual([]);
  });

  test('is refused where its name is none, without a word that would allow it', async () => {
    await open('localhost');
    const { status, text } = await tunnel('localhost%00:443');
    expect(status).toBe(403);
    expect(text).not.toContain('undefined');
  });

  test('is told of so often and no more', async () => {
    await open();
    for (let number = 0; number < 60; number++) await ask(socketPath, `http://h${number}.example/`);
    expect(reported).toHaveLength(50);
  });
});

test('a name that leads to this machine is refused unless it is listed itself', async () => {
  await using web = await testApi();
  // RFC 6761, 6.3: whatever is below `localhost` is this machine.
  await open(`*.localhost:${web.port}`);
  const answer = await ask(socketPath, `http://sneaky.localhost:${web.port}/`);
  expect(answer.status).not.toBe(200);
  expect(web.received).toEqual([]);
});

test.each([
  'HTTP/1.1 099 ?\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 101 ?\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
])('an answer that is none harms nobody: %j', async (none) => {
  await using web = await rawServer(none);
  await open(`localhost:${web.port}`);
  for (const _ of [1, 2]) {
    expect((await ask(socketPath, `http://localhost:${web.port}/`)).status).toBe(502);
  }
});

test('a body is framed as it came, whatever the method', async () => {
  await using web = await testApi();
  await open(`localhost:${web.port}`);
  const answer = await ask(socketPath, `http://localhost:${web.port}/_search`, {
    method: 'GET',
    body: '{"query":1}',
    headers: { 'transfer-encoding': 'chunked' },
  });
  expect(answer.status).toBe(200);
  expect(web.received).toMatchObject([{ method: 'GET', body: '{"query":1}' }]);
});

test('so many requests are under way at once and no more, on however few connections', async () => {
  await using web = await rawServer('');
  await open(`localhost:${web.port}`);
  const head = `GET http://localhost:${web.port}/ HTTP/1.1\r\nhost: x\r\n\r\n`;
  {
    using _raw = sendRaw(socketPath, head.repeat(600));
    await until(() => web.heard.length === 512);
    expect((await ask(socketPath, `http://localhost:${web.port}/`)).status).toBe(503);
  }
  using _raw = sendRaw(socketPath, head);
  await until(() => web.heard.length === 513);
});

test.each(['/path', 'https://example.com/', 'ftp://example.com/'])(
  '%s is nothing for a proxy',
  async (path) => {
    await open();
    expect((await ask(socketPath, path)).status).toBe(400);
  },
);

test('a closed proxy ends its tunnels, and is gone', async () => {
  await using other = await echo();
  await open(`127.0.0.1:${other.port}`);
  const { socket } = await tunnel(`127.0.0.1:${other.port}`);
  let ended = false;
  socket.once('close', () => (ended = true));
  await proxy!.close();
  await until(() => ended);
  await until(
    () =>
      new Promise<boolean>((resolve) => {
        other.server.getConnections((_, count) => resolve(count === 0));
      }),
  );
  expect(existsSync(socketPath)).toBe(false);
  const late = connect(socketPath);
  expect(await new Promise((resolve) => late.once('error', resolve))).toMatchObject({ code: 'ENOENT' });
});
