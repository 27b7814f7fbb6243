import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createListener, listenOn } from '../../src/serve/listener.ts';
import { until } from '../fixtures/until.ts';

const bounds = { connections: 3, headers: 15_000, headerBytes: 1024, idle: 300, keepAlive: 10_000 };
const listen = { listen: { host: '127.0.0.1', port: 0 } };

test('a connection whose reader takes nothing is ended, and what was written for it', async () => {
  let written = 0;
  let canceled = false;
  const endless = (): Response =>
    new Response(
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            written += 65_536;
            controller.enqueue(new Uint8Array(65_536));
          },
          cancel() {
            canceled = true;
          },
        },
        { highWaterMark: 0 },
      ),
    );
  const http = createListener(undefined, endless, bounds);
  const url = new URL(await listenOn(http, listen));
  const socket = connect(Number(url.port), url.hostname);
  try {
    socket.on('error', () => {}).pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => canceled);
    expect(written).toBeLessThan(32 * 2 ** 20);
  } finally {
    socket.destroy();
    http.close();
  }
});

test('a head of a request that does not come to its end is not waited for', async () => {
  const quick = { ...bounds, headers: 300, idle: 60_000 };
  const http = createListener(undefined, () => new Response('ok'), quick);
  const url = new URL(await listenOn(http, listen));
  const socket = connect(Number(url.port), url.hostname);
  let heard = '';
  socket.on('error', () => {}).on('data', (part) => (heard += String(part)));
  const drip = setInterval(() => socket.write('x'), 50);
  try {
    socket.write('GET / HTTP/1.1\r\nhost: ');
    await until(() => heard.endsWith('}'));
    expect(heard).toMatch(/^HTTP\/1\.1 408 [^]*application\/problem\+json[^]*PREFISH_REQUEST_TIMEOUT/);
  } finally {
    clearInterval(drip);
    socket.destroy();
    http.close();
  }
});

test('what is no request ends an answer that has begun, and is not answered in the middle of it', async () => {
  const begun = (): Response =>
    new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('begun')) }));
  const http = createListener(undefined, begun, { ...bounds, idle: 60_000 });
  const url = new URL(await listenOn(http, listen));
  const socket = connect(Number(url.port), url.hostname);
  let heard = '';
  let closed = false;
  socket.on('error', () => {}).on('data', (part) => (heard += String(part)));
  socket.on('close', () => (closed = true));
  try {
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => heard.includes('begun'));
    socket.write('this is no request\r\n\r\n');
    await until(() => closed);
    expect(heard.match(/HTTP\/1\.1 [0-9]+/g)).toEqual(['HTTP/1.1 200']);
  } finally {
    socket.destroy();
    http.close();
  }
});

test('a connection that was told so is closed, though its other end goes on', async () => {
  const quick = { ...bounds, headers: 300, idle: 60_000 };
  const http = createListener(undefined, () => new Response('ok'), quick);
  const url = new URL(await listenOn(http, listen));
  const socket = connect({ port: Number(url.port), host: url.hostname, allowHalfOpen: true });
  socket.on('error', () => {}).resume();
  const drip = setInterval(() => socket.write('x'), 50);
  const connections = (): Promise<number> =>
    new Promise((resolve) => http.getConnections((_, count) => resolve(count)));
  try {
    socket.write('GET / HTTP/1.1\r\nhost: ');
    await until(async () => (await connections()) === 1);
    await until(async () => (await connections()) === 0);
  } finally {
    clearInterval(drip);
    socket.destroy();
    http.close();
  }
});

test('only so many are connected, and heads of requests are short', async () => {
  const http = createListener(undefined, () => new Response('ok'), bounds);
  const url = new URL(await listenOn(http, listen));
  const heard: string[] = [];
  const sockets = Array.from({ length: 5 }, (_, index) => {
    const socket = connect(Number(url.port), url.hostname);
    heard.push('');
    socket.on('error', () => {}).on('data', (part) => (heard[index] += String(part)));
    socket.on('close', () => (heard[index] += ' closed'));
    return socket;
  });
  try {
    await until(() => heard.filter((text) => text.endsWith('closed')).length >= 2);
    const open = heard.findIndex((text) => text === '');
    sockets[open]!.write(`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(4000)}\r\n\r\n`);
    await until(() => heard[open]!.includes('}'));
    expect(heard[open]).toMatch(/^HTTP\/1\.1 431 [^]*application\/problem\+json[^]*"status":431/);
  } finally {
    for (const socket of sockets) socket.destroy();
    http.close();
  }
});

test('one address leaves connections for others', async () => {
  const http = createListener(undefined, () => new Response('ok'), {
    ...bounds,
    connections: 10,
    connectionsOfAddress: 2,
    idle: 60_000,
    keepAlive: 60_000,
  });
  const url = new URL(await listenOn(http, listen));
  const sockets: Socket[] = [];
  const open = (localAddress: string): { heard: string } => {
    const socket = connect({ port: Number(url.port), host: url.hostname, localAddress });
    const state = { heard: '' };
    sockets.push(socket);
    socket.on('error', () => {}).on('data', (part) => (state.heard += String(part)));
    socket.on('close', () => (state.heard += ' closed'));
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    return state;
  };
  try {
    const first = [open('127.0.0.1'), open('127.0.0.1')];
    await until(() => first.every(({ heard }) => heard.includes('200 OK')));
    const third = open('127.0.0.1');
    await until(() => third.heard === ' closed');
    const other = open('127.0.0.2');
    await until(() => other.heard.includes('200 OK'));
    sockets[0]!.destroy();
    await until(() => {
      const again = open('127.0.0.1');
      return until(() => again.heard !== '').then(() => again.heard.includes('200 OK'));
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    http.close();
  }
});

test('says in words why it cannot listen, and which file of a certificate is not there', async () => {
  const first = createListener(undefined, () => new Response('ok'));
  const port = Number(new URL(await listenOn(first, listen)).port);
  const second = createListener(undefined, () => new Response('ok'));
  try {
    await expect(listenOn(second, { listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      message: `The server cannot listen on 127.0.0.1:${port}: something listens there already`,
      hint: expect.stringContaining('--listen'),
    });
  } finally {
    first.close();
  }
  const absent = { cert: '/no/cert.pem', key: '/no/key.pem' };
  expect(() => createListener(absent, () => new Response('ok'))).toThrow('There is no file /no/cert.pem');
});
