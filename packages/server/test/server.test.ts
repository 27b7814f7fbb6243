import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Event } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { AlreadyRunningError, startServer } from '../src/index.ts';
import { temporaryFolder } from './fixtures/folder.ts';
import { serverOptions, testServer, type TestServer } from './fixtures/server.ts';
import { until } from './fixtures/until.ts';

async function follow(server: TestServer, id: string, after = 0): Promise<Event[]> {
  const events: Event[] = [];
  for await (const item of server.client.follow(id, after)) {
    if (item.kind === 'event') events.push(item.event);
  }
  return events;
}

async function history(server: TestServer, id: string): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of server.client.history(id)) events.push(event);
  return events;
}

const outputOf = (events: readonly Event[]): string =>
  events.flatMap((event) => (event.type === 'output' ? [event.text] : [])).join('');

const runs = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

describe('a server', () => {
  test('runs a submitted line and streams what it does, from the snapshot to the end', async () => {
    await using server = await testServer();
    const { id, number } = await server.client.submit(await server.request('!echo one; echo two; exit 3'));
    expect(number).toBe(1);
    const events = await follow(server, id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(outputOf(events)).toBe('one\ntwo\n');
    expect(events.slice(-2)).toMatchObject([
      { type: 'exit', code: 3 },
      { type: 'state', state: 'failed' },
    ]);
    expect(await server.client.get('@last')).toMatchObject({
      state: 'failed',
      exit: { code: 3 },
      sandbox: 'none',
    });
  });

  test('keeps everything over a restart and runs what waited', async () => {
    await using server = await testServer({ concurrency: 1 });
    const ends = await server.client.submit(await server.request('!echo done'));
    await follow(server, ends.id);
    const flag = join(server.folder, 'go');
    const started = await server.client.submit(
      await server.request(`!echo $$; until [ -e ${flag} ]; do sleep 0.05; done`),
    );
    const waits = await server.client.submit(await server.request('!echo later'));
    const pid = Number(await until(async () => outputOf(await history(server, started.id)) || undefined));
    expect(runs(pid)).toBe(true);

    await server.restart();
    expect(runs(pid)).toBe(false);
    expect(await server.client.get(started.id)).toMatchObject({ state: 'failed', reason: 'worker-lost' });
    expect(outputOf(await follow(server, waits.id))).toBe('later\n');
    expect(outputOf(await follow(server, ends.id))).toBe('done\n');
  });

  test('marks unfinished work with a file, exactly as long as there is some', async () => {
    await using server = await testServer();
    const marker = join(server.folder, 'unfinished');
    expect(existsSync(marker)).toBe(false);
    const flag = join(server.folder, 'go');
    const { id } = await server.client.submit(
      await server.request(`!until [ -e ${flag} ]; do sleep 0.02; done`),
    );
    expect(existsSync(marker)).toBe(true);
    writeFileSync(flag, '');
    await follow(server, id);
    await until(() => !existsSync(marker));
  });

  test('says what it is', async () => {
    await using server = await testServer();
    expect(await server.client.info()).toMatchObject({
      version: '0.0.0-test',
      protocol: 1,
      pid: process.pid,
      place: 'this machine',
      embedded: true,
      networks: ['full', 'allowlist', 'none'],
      working: 0,
      submitted: 0,
    });
  });

  test('is one: a second start is refused, also after a third was', async () => {
    await using server = await testServer();
    for (const _ of [1, 2]) {
      await expect(startServer(serverOptions(server.folder))).rejects.toThrow(AlreadyRunningError);
    }
    expect((await server.client.info()).pid).toBe(process.pid);
  });

  test('answers on a socket of its owner’s alone, and leaves none behind', async () => {
    await using server = await testServer();
    expect(statSync(server.socketPath).mode & 0o777).toBe(0o600);
    expect(statSync(join(server.folder, 'run')).mode & 0o777).toBe(0o700);
    await Promise.all([server.server.close(), server.server.close()]);
    await server.server.closed;
    expect(existsSync(server.socketPath)).toBe(false);
  });

  test('replaces a stale socket, but nothing else that is in the way', async () => {
    await using server = await testServer();
    await server.server.close();
    writeFileSync(server.socketPath, 'mine');
    await expect(server.restart()).rejects.toMatchObject({ code: 'PREFISH_SERVER_START' });
    expect(readFileSync(server.socketPath, 'utf8')).toBe('mine');
  });

  test('refuses a socket in a folder that others may enter, and a path that is too long', async () => {
    using folder = temporaryFolder();
    const start = (socketPath: string) => startServer(serverOptions(folder.path, { socketPath }));
    await expect(start('/tmp/prefish-test-socket')).rejects.toMatchObject({ code: 'PREFISH_SERVER_START' });
    await expect(start(join(folder.path, 'x'.repeat(120)))).rejects.toMatchObject({
      code: 'PREFISH_SERVER_START',
    });
    // The lock of a failed start is free again.
    const server = await startServer(serverOptions(folder.path));
    await server.close();
  });

  test('closes while someone follows', async () => {
    await using server = await testServer();
    const { id } = await server.client.submit(await server.request('!sleep 600'));
    const stream = server.client.follow(id);
    await stream.next();
    await server.server.close();
    const rest: string[] = [];
    for await (const item of stream)
      rest.push(item.kind === 'event' && item.event.type === 'state' ? item.event.state : item.kind);
    expect(rest.at(-1)).toBe('snapshot');
    expect(rest).toContain('failed');
  });
});
