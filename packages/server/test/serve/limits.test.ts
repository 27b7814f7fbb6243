import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { commitInto } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { teamServer, type TeamServer } from '../fixtures/team-server.ts';
import { until } from '../fixtures/until.ts';

const mirrorOf = (server: TeamServer, account: string): string =>
  join(server.folder, 'repositories', account, 'repository1.git');

describe('a server over the network', () => {
  needs('bubblewrap');

  test('takes so many tasks of an account, and those of others all the same', async () => {
    await using server = await teamServer({ limits: { tasks: 2 } });
    const submit = async (name: string): Promise<() => Promise<string>> => {
      const { client } = await server.member(name);
      await client.repository('repository1');
      const snapshot = commitInto(mirrorOf(server, name));
      return async () => (await client.submit(request({ line: '!sleep 600', snapshot, options: {} }))).id;
    };
    const [ada, bob] = [await submit('ada'), await submit('bob')];
    const first = await ada();
    await ada();
    await expect(ada()).rejects.toMatchObject({
      code: 'PREFISH_LIMIT',
      message: expect.stringContaining('2 tasks'),
    });
    await bob();
    const { client } = await server.member('ada');
    expect((await client.account()).limits.tasks).toEqual({ most: 2, now: 2 });
    await client.cancel(first);
    await until(async () => (await client.account()).limits.tasks.now === 1);
    await ada();
  });

  test('takes so many bytes of an account, and says so to git', async () => {
    await using server = await teamServer({ limits: { disk: 1000 } });
    const { client, token } = await server.member('ada');
    await client.repository('repository1');
    commitInto(mirrorOf(server, 'ada'));
    const asked = '/git/repository1.git/info/refs?service=git-receive-pack';
    const answer = await server.ask(asked, { token });
    expect(answer.headers['content-type']).toBe('application/x-git-receive-pack-advertisement');
    expect(answer.text).toMatch(/ERR ada has .* MiB on this server/);
    const fetched = await server.ask(asked.replace('receive', 'upload'), { token });
    expect(fetched.text).toMatch(/^001e# service=git-upload-pack\n0000(?!.*ERR)/);
  });

  test('answers so many requests of an account, and then says when to come back', async () => {
    await using server = await teamServer({ limits: { requests: 5 } });
    const [ada, bob] = [await server.member('ada'), await server.member('bob')];
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => server.ask('/v1/account/tokens', { token: ada.token })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]!.json()).toMatchObject({ code: 'PREFISH_LIMIT' });
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
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
    const answers = await Promise.all(Array.from({ length: 1500 }, ask));
    expect(answers).toContain(200);
    expect(answers).toContain(429);
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
    const snapshot = commitInto(mirrorOf(server, 'ada'));
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
