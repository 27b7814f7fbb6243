import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { request } from '../fixtures/request.ts';
import { commitInto } from '../fixtures/server.ts';
import { teamServer } from '../fixtures/team-server.ts';
import { until } from '../fixtures/until.ts';

describe('a server over the network', () => {
  needs('bubblewrap');

  test('holds so much of what an account sends at the same time, and says when to send the rest', async () => {
    await using server = await teamServer();
    const [ada, bob] = [await server.member('ada'), await server.member('bob')];
    const { hostname, port } = new URL(server.url);
    const send = (token: string): { readonly socket: Socket; readonly heard: () => string } => {
      const socket = connect(Number(port), hostname);
      let heard = '';
      socket.setEncoding('utf8').on('data', (part: string) => (heard += part));
      socket.on('error', () => {});
      const head = `POST /v1/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}`;
      socket.write(`${head}\r\ncontent-length: ${16 * 2 ** 20}\r\n\r\n`);
      socket.write('x'.repeat(14 * 2 ** 20));
      return { socket, heard: () => heard };
    };
    const sent = [send(ada.token), send(ada.token), send(ada.token)];
    try {
      const refused = await until(() => sent.find(({ heard }) => heard() !== ''));
      expect(refused.heard()).toMatch(/^HTTP\/1\.1 429 [^]*\r\nretry-after: 1\r\n[^]*PREFISH_LIMIT/i);
      expect(sent.filter(({ heard }) => heard() !== '')).toHaveLength(1);
      // Others have room, and so has the account once the rest has come.
      expect((await server.ask('/v1/tasks', { method: 'POST', token: bob.token, body: '{}' })).status).toBe(
        400,
      );
      for (const { socket } of sent) socket.destroy();
      const body = 'x'.repeat(15 * 2 ** 20);
      await until(
        async () =>
          (await server.ask('/v1/tasks', { method: 'POST', token: ada.token, body })).status === 400,
      );
      // One after the other, too.
      const often = await until(async () => {
        const answer = await server.ask('/v1/tasks', { method: 'POST', token: ada.token, body });
        return answer.status === 429 && answer;
      });
      expect(often.json()).toMatchObject({ code: 'PREFISH_LIMIT', detail: 'This account sends too much.' });
      expect((await server.ask('/v1/tasks', { method: 'POST', token: bob.token, body })).status).toBe(400);
    } finally {
      for (const { socket } of sent) socket.destroy();
    }
  });

  test('answers so many requests of an account, and then says when to come back', async () => {
    await using server = await teamServer({ limits: { requests: 1 } });
    const [ada, bob] = [await server.member('ada'), await server.member('bob')];
    const refused = await until(async () => {
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => server.ask('/v1/account/tokens', { token: ada.token })),
      );
      return answers.find(({ status }) => status === 429);
    });
    expect(refused.json()).toMatchObject({ code: 'PREFISH_LIMIT' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await server.ask('/v1/account/tokens', { token: bob.token })).status).toBe(200);
  });

  test('follows so much for an account at once', async () => {
    await using server = await teamServer({ limits: { concurrent: 3 } });
    const { token } = await server.member('ada');
    const follow = (): Promise<IncomingMessage> =>
      server.open('/v1/tasks', { token, headers: { accept: 'text/event-stream' } });
    const streams = [await follow(), await follow(), await follow()];
    expect(streams.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect((await server.ask('/v1/account', { token })).status).toBe(429);
    expect((await server.ask('/v1/account', { token: (await server.member('bob')).token })).status).toBe(200);
    streams.pop()!.destroy();
    await until(async () => (await server.ask('/v1/account', { token })).status === 200);
    for (const stream of streams) stream.destroy();
  });

  test('answers so many requests of an address that nobody vouches for, whatever they ask', async () => {
    await using server = await teamServer();
    const ask = async (): Promise<number> => (await server.ask('/healthz')).status;
    expect(await ask()).toBe(200);
    await until(async () => (await Promise.all(Array.from({ length: 500 }, ask))).includes(429));
  });

  test('reads no long body, and none of whom it does not know', async () => {
    await using server = await teamServer();
    const { token } = await server.member('ada');
    const long = JSON.stringify({ code: 'x'.repeat(20_000), device: 'd' });
    expect((await server.ask('/v1/logins', { method: 'POST', body: long })).status).toBe(413);
    const headers = { origin: server.url };
    expect((await server.ask('/v1/sessions', { method: 'POST', headers, body: long })).status).toBe(413);
    const longer = JSON.stringify({ ...request(), line: 'x'.repeat(17 * 2 ** 20) });
    const answer = await server.ask('/v1/tasks', { method: 'POST', token, body: longer }).catch(String);
    expect(typeof answer === 'string' ? answer : answer.status).toBe(413);
    expect((await server.ask('/v1/tasks', { method: 'POST', body: '{}' })).status).toBe(401);
  });

  test('holds nothing for a reader that takes nothing', { timeout: 60_000 }, async () => {
    await using server = await teamServer({}, { concurrency: 2 });
    const { client, token } = await server.member('ada');
    await client.repository('repository1');
    const snapshot = commitInto(join(server.folder, 'repositories', 'ada', 'repository1.git'));
    const line = '!head -c 40000000 /dev/zero | tr "\\0" x | fold -w 1000';
    const { id } = await client.submit(request({ line, snapshot, options: {} }));
    const { hostname, port } = new URL(server.url);
    const before = process.memoryUsage();
    const stuck = Array.from({ length: 20 }, () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {}).pause();
      socket.write(
        `GET /v1/tasks/${id}/events HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\n\r\n`,
      );
      return socket;
    });
    try {
      await until(async () => (await client.get(id)).endedAt !== undefined, 40);
      const { rss, arrayBuffers } = process.memoryUsage();
      // 20 × 40 MB wait to be read.
      expect(rss - before.rss).toBeLessThan(300e6);
      expect(arrayBuffers - before.arrayBuffers).toBeLessThan(100e6);
      expect((await client.get(id)).state).toBe('completed');
    } finally {
      for (const socket of stuck) socket.destroy();
    }
  });
});
