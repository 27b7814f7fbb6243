import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TaskFolder } from '@prefish/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { openTask } from '../../src/task/open-task.ts';

/** A task folder as a server makes it: with servers on its sockets that answer with their name and the path. */
async function taskFolder(task: TaskFolder): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prefish-task-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'task.json'), JSON.stringify(task));
  await mkdir(join(folder, 'files'));
  for (const name of task.files) await writeFile(join(folder, 'files', name), name);
  for (const name of ['gateway', 'proxy']) {
    const server = createServer((request, response) => response.end(`${name} ${request.url}`));
    server.on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
      if (url !== allowed) return void socket.end('HTTP/1.1 403 No\r\n\r\n');
      socket.end(`HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\ntunnel ${url}`);
    });
    server.listen(join(folder, `${name}.sock`));
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
  }
  return folder;
}

/** The port of the loopback that the proxy of {@link taskFolder} leads to. */
const allowed = 'localhost:18731';

async function bodyOf(url: string): Promise<string> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  return text(response);
}

test('what came along is there: settings, files, the models and the proxy on ports of the loopback', async () => {
  const folder = await taskFolder({
    settings: { agent: 'fake' },
    files: ['conversation.md'],
    gateway: { token: 'for-this-attempt', apis: ['anthropic', 'openai'] },
    proxy: true,
  });
  await using task = await openTask(folder);
  const { settings, files, models } = task.enclosed;
  expect({ settings, files }).toEqual({
    settings: { agent: 'fake' },
    files: { 'conversation.md': join(folder, 'files', 'conversation.md') },
  });
  expect(models.anthropic).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/anthropic$/),
    token: 'for-this-attempt',
  });
  expect(models.google).toBeUndefined();
  expect(await bodyOf(`${models.openai?.url}/v1/responses`)).toBe('gateway /openai/v1/responses');
  const { https_proxy: proxy, NO_PROXY: direct } = task.variables;
  expect(await bodyOf(`${proxy}/x`)).toBe('proxy /x');
  expect(direct).toContain('127.0.0.1');
});

test('a task without models or allowed hosts opens no port', async () => {
  await using task = await openTask(await taskFolder({ files: [] }));
  expect(task.enclosed).toEqual({ files: {}, models: {} });
  expect(task.variables).toEqual({});
});

test('what is allowed of the machine’s own services is a port of the task’s loopback', async () => {
  const folder = await taskFolder({ files: [], proxy: true, local: [allowed, 'localhost:18732'] });
  await using _ = await openTask(folder);
  expect(await bodyOf(`http://${allowed}/x`)).toBe(`tunnel ${allowed}`);
  await expect(bodyOf('http://localhost:18732/x')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('closing it ends what is under way and frees the ports', async () => {
  const task = await openTask(await taskFolder({ files: [], proxy: true }));
  const port = Number(new URL(task.variables['http_proxy']!).port);
  const idle = connect(port, '127.0.0.1');
  await once(idle, 'connect');
  const ended = once(idle, 'close');
  await task[Symbol.asyncDispose]();
  await ended;
  const refused = connect(port, '127.0.0.1');
  await expect(once(refused, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a folder that is not as it should be fails the line with a reason', async () => {
  await expect(openTask('/nowhere')).rejects.toMatchObject({
    code: 'PREFISH_WORKSPACE_FAILED',
    message: expect.stringContaining('/nowhere/task.json'),
  });
});
