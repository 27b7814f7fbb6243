import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Task } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import { expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import type { RunAttempt } from '../../src/worker/attempt.ts';
import { commitInto } from '../fixtures/server.ts';
import { request } from '../fixtures/request.ts';
import { teamServer, type TeamServer } from '../fixtures/team-server.ts';
import { until } from '../fixtures/until.ts';

needs('bubblewrap');

/** Runs tasks until they are told to end, by the test or the server. */
function openEnded(): { readonly run: RunAttempt; readonly begun: string[]; end(): void } {
  const begun: string[] = [];
  const ended = Promise.withResolvers<void>();
  return {
    begun,
    end: () => ended.resolve(),
    run: async ({ task }, log, _input, signal) => {
      await log.started('bwrap');
      begun.push(task.id);
      const stopped = new Promise<'stopped'>((resolve) =>
        signal.addEventListener('abort', () => resolve('stopped')),
      );
      const how = await Promise.race([stopped, ended.promise]);
      return { exit: how === 'stopped' ? { signal: 'SIGKILL' } : { code: 0 } };
    },
  };
}

/** Submits lines for an account; returns their ids. */
async function submit(server: TeamServer, client: ServerClient, count: number): Promise<string[]> {
  await client.repository('repository1');
  const snapshot = commitInto(join(server.folder, 'repositories', 'ada', 'repository1.git'));
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push((await client.submit(request({ line: '!true', snapshot, options: {} }))).id);
  }
  return ids;
}

/** Asks for a task five times a second until it has ended; rejects when nobody answers. */
async function askUntilEnded(client: ServerClient, id: string): Promise<Task> {
  for (;;) {
    const task = await client.get(id);
    if (task.endedAt !== undefined) return task;
    await delay(200);
  }
}

/** Reads a task of a server that has closed. */
async function left(server: TeamServer, id: string): Promise<Task> {
  const store = openSqliteStore({ path: join(server.folder, 'tasks.db') });
  try {
    return (await store.get(id)).task;
  } finally {
    await store.close();
  }
}

test('what runs has the time to drain for its end, and nothing more begins', async () => {
  const { run, begun, end } = openEnded();
  await using server = await teamServer({}, { run, concurrency: 1, drain: 60_000 });
  const { client, token } = await server.member('ada');
  const [runs, waits] = await submit(server, client, 2);
  await until(() => begun.length === 1);
  const stream = await server.open(`/v1/tasks/${runs}/events`, { token });
  const heard = text(stream);
  const closed = server.server.close();
  expect(await server.ask('/readyz')).toMatchObject({ status: 503, headers: { connection: 'close' } });
  const late = await submit(server, client, 1);
  expect((await client.get(runs!)).state).toBe('working');
  expect((await client.get(late[0]!)).reason).toBe('waits until the closing server is back');
  end();
  await closed;
  expect(await heard).toMatch(/"completed"[^]*event: end/);
  expect(begun).toEqual([runs]);
  for (const id of [waits!, ...late]) expect(await left(server, id)).toMatchObject({ state: 'submitted' });
});

test('what still runs when the time to drain is over is given back', async () => {
  const { run, begun } = openEnded();
  await using server = await teamServer({}, { run, drain: 200 });
  const { client } = await server.member('ada');
  const [id] = await submit(server, client, 1);
  await until(() => begun.length === 1);
  const began = performance.now();
  // As `prefish tasks wait` asks; it hears how the task ended, though the server goes with it.
  const [waited] = await Promise.all([askUntilEnded(client, id!), server.server.close()]);
  expect(waited).toMatchObject({ state: 'failed', reason: 'worker-lost' });
  expect(performance.now() - began).toBeGreaterThan(190);
  expect(await left(server, id!)).toMatchObject({ state: 'failed', reason: 'worker-lost' });
});

test(
  'requests under way are answered, and none that stands still keeps the server',
  { timeout: 30_000 },
  async () => {
    await using server = await teamServer();
    const { token } = await server.member('ada');
    const { hostname, port } = new URL(server.url);
    const send = (rest: string) => {
      const socket = connect(Number(port), hostname);
      let heard = '';
      socket.setEncoding('utf8').on('data', (part: string) => (heard += part));
      socket.on('error', () => {});
      const head = `POST /v1/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}`;
      socket.write(`${head}\r\ncontent-length: ${1 + rest.length}\r\n\r\n{`);
      return { socket, heard: () => heard };
    };
    // One between two requests, one in the middle of its request, and one that never goes on.
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) =>
      get({ hostname, port, path: '/healthz', agent }, (answer) => answer.resume().on('end', resolve)),
    );
    const [goesOn, stuck] = [send('}'), send('"more": 1}')];
    const stream = await server.open('/v1/tasks', { token, headers: { accept: 'text/event-stream' } });
    const followed = text(stream);
    // Whoever asks behind them is answered behind them.
    expect((await server.ask('/healthz')).status).toBe(200);
    const began = performance.now();
    const closed = server.server.close();
    await followed;
    await until(() =>
      server.ask('/healthz').then(
        () => false,
        ({ code }) => code === 'ECONNREFUSED',
      ),
    );
    goesOn.socket.write('}');
    await until(() => goesOn.heard() !== '');
    expect(goesOn.heard()).toMatch(/^HTTP\/1\.1 400 [^]*connection: close[^]*PREFISH_REQUEST_INVALID/i);
    expect(stuck.heard()).toBe('');
    await closed;
    expect(performance.now() - began).toBeLessThan(10_000);
    agent.destroy();
    stuck.socket.destroy();
  },
);

test('a server that closes says so while its tasks end, and shows how they do', async () => {
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  await using server = await teamServer(
    {},
    {
      run: async (_claim, log, _input, signal) => {
        await log.started('bwrap');
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        stopping = true;
        await ended.promise;
        return { exit: { signal: 'SIGKILL' } };
      },
    },
  );
  const { client, token } = await server.member('ada');
  await client.repository('repository1');
  const snapshot = commitInto(join(server.folder, 'repositories', 'ada', 'repository1.git'));
  const { id } = await client.submit(request({ line: '!sleep 600', snapshot, options: {} }));
  await until(async () => (await client.get(id)).state === 'working');
  const stream = await server.open(`/v1/tasks/${id}/events`, { token });
  let heard = '';
  let over = false;
  stream.setEncoding('utf8').on('data', (part: string) => (heard += part));
  stream.on('end', () => (over = true));
  expect((await server.ask('/readyz')).status).toBe(200);

  const closed = server.server.close();
  await until(() => stopping);
  expect(await server.ask('/readyz')).toMatchObject({ status: 503 });
  expect((await server.ask('/healthz')).status).toBe(200);
  expect(over).toBe(false);
  ended.resolve();
  await closed;
  expect(heard).toContain('worker-lost');
  expect(over).toBe(true);
  await expect(server.ask('/healthz')).rejects.toThrow(/ECONNREFUSED/);
});
