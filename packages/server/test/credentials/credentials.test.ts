import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTaskId, type ModelAccess, type Task } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { testApi } from '../fixtures/model-api.ts';
import { sandboxingServer, testServer, type TestServer } from '../fixtures/server.ts';
import { until } from '../fixtures/until.ts';

const secret = 'sk-very-secret-0123456789';
const models: readonly ModelAccess[] = [
  { api: 'anthropic', url: 'http://127.0.0.1:1', secret, header: 'x-api-key' },
];

const keptIn = (server: TestServer): string => join(server.folder, 'credentials');
const kept = (server: TestServer): string[] =>
  existsSync(keptIn(server)) ? readdirSync(keptIn(server)) : [];
const ended = (server: TestServer, id: string): Promise<Task> =>
  until(async () => {
    const task = await server.client.get(id);
    return task.endedAt !== undefined && task;
  });
const waitsFor = (flag: string): string => `!until [ -e ${flag} ]; do sleep 0.02; done`;

describe('the credentials of a task', () => {
  test('are kept for their owner alone until it has ended, over restarts', async () => {
    await using server = await testServer({ concurrency: 1 });
    const flag = join(server.folder, 'go');
    const first = await server.client.submit(await server.request(waitsFor(flag), { retries: 9 }));
    const request = await server.request('!true');
    const second = await server.client.submit({ ...request, models });
    const file = join(keptIn(server), `${second.id}.json`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(keptIn(server)).mode & 0o777).toBe(0o700);
    await server.restart();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(models);
    writeFileSync(flag, '');
    await ended(server, first.id);
    await ended(server, second.id);
    expect(kept(server)).toEqual([]);
  });

  test('go with a task that never ran: canceled, or waiting for one that failed', async () => {
    await using server = await testServer({ concurrency: 1 });
    const flag = join(server.folder, 'go');
    const blocker = await server.client.submit(await server.request(`${waitsFor(flag)}; false`));
    const canceled = await server.client.submit({ ...(await server.request('!true')), models });
    const after = await server.request('!true', { after: [blocker.id], unsandboxed: true });
    const dependent = await server.client.submit({ ...after, models });
    expect(kept(server)).toHaveLength(2);
    await server.client.cancel(canceled.id);
    expect(kept(server)).toEqual([`${dependent.id}.json`]);
    writeFileSync(flag, '');
    expect(await ended(server, dependent.id)).toMatchObject({ reason: 'dependency-failed' });
    const late = await server.request('!true', { after: [blocker.id], unsandboxed: true });
    expect(await server.client.submit({ ...late, models })).toMatchObject({ state: 'failed' });
    expect(kept(server)).toEqual([]);
  });

  test('are not kept for a request that is refused', async () => {
    await using server = await testServer();
    const request = await server.request('!true', { after: [createTaskId()], unsandboxed: true });
    await expect(server.client.submit({ ...request, models })).rejects.toMatchObject({
      code: 'PREFISH_TASK_NOT_FOUND',
    });
    expect(kept(server)).toEqual([]);
  });

  test('that a killed server left go at the next start', async () => {
    await using server = await testServer();
    const { id } = await server.client.submit({ ...(await server.request('!true')), models });
    await ended(server, id);
    for (const name of [`${id}.json`, `${createTaskId()}.json`, `.${id}.json.0123456789ab.tmp`]) {
      writeFileSync(join(keptIn(server), name), JSON.stringify(models));
    }
    await server.restart();
    expect(kept(server)).toEqual([]);
  });

  test('have to be given anew to try again', async () => {
    await using server = await testServer();
    const request = await server.request('!true');
    const { id } = await server.client.submit({ ...request, models, enclosed: { settings: 1 } });
    await ended(server, id);
    await expect(server.client.retry(id, createTaskId())).rejects.toMatchObject({
      code: 'PREFISH_CREDENTIAL_MISSING',
      hint: expect.stringContaining('&'),
    });
    const again = await server.client.retry(id, createTaskId(), models);
    expect(await ended(server, again.id)).toMatchObject({ state: 'completed' });
    expect(kept(server)).toEqual([]);
  });
});

describe('a secret', () => {
  needs('bubblewrap');

  test('is nowhere but in its file while the task runs, and nowhere after', async () => {
    await using server = await sandboxingServer();
    const { promise: asked, resolve: arrived } = Promise.withResolvers<void>();
    const { promise: looked, resolve: goOn } = Promise.withResolvers<void>();
    await using upstream = await testApi((_, response) => {
      arrived();
      void looked.then(() => response.end('{}'));
    });
    const script = readFileSync(new URL('../fixtures/ask-from-inside.mjs', import.meta.url), 'utf8');
    const request = await server.request(
      `cat > ask.mjs <<'EOF'\n${script}\nEOF\n/run/prefish/node ask.mjs /anthropic/v1/messages`,
    );
    const { id } = await server.client.submit({
      ...request,
      enclosed: { settings: { agent: 'fake' } },
      models: [{ ...models[0]!, url: upstream.url }],
    });
    await asked;
    expect(upstream.received[0]?.headers['x-api-key']).toBe(secret);
    const holders = filesWith(server.folder);
    const processes = processesWith();
    goOn();
    expect(holders).toEqual([join(keptIn(server), `${id}.json`)]);
    expect(processes).toEqual([]);

    expect(await ended(server, id)).toMatchObject({ state: 'completed', sandbox: 'bwrap' });
    const events: string[] = [];
    for await (const event of server.client.history(id)) events.push(JSON.stringify(event));
    expect(events.join('\n')).toContain('200 {}');
    expect(`${events.join()} ${server.logged.join()}`).not.toContain(secret);
    await server.server.close();
    expect(filesWith(server.folder)).toEqual([]);
    expect(readdirSync(dirname(server.socketPath))).toEqual([]);
  });
});

/** The files below a folder that hold the secret. */
function filesWith(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(secret));
}

/** The processes of this machine that have the secret among their variables or arguments. */
function processesWith(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      ['cmdline', 'environ'].some((name) => {
        try {
          return readFileSync(`/proc/${pid}/${name}`).includes(secret);
        } catch {
          return false;
        }
      }),
    );
}
