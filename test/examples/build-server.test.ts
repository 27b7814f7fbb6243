import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keys, testShell } from '@prefish/testing';
import { expect, test } from 'vitest';
import builds from '../../examples/build-server/builds.ts';
import type { Run } from '../../examples/build-server/build-api.ts';
import notes from '../../examples/notes/notes.ts';
import { tasks } from '../../plugins/tasks/src/index.ts';

/** A build server on the loopback, whose runs a test may change. */
class BuildServer implements AsyncDisposable {
  readonly runs: Run[] = [
    { id: 7, title: 'nightly', branch: 'main', status: 'running', created: '2026-01-02T00:00:00Z' },
    {
      id: 6,
      title: 'nightly',
      branch: 'main',
      status: 'failed',
      created: '2026-01-01T00:00:00Z',
      finished: '2026-01-01T00:01:00Z',
    },
  ];
  readonly logs = new Map([
    [6, ['compiling', 'no space left']],
    [7, ['compiling']],
  ]);
  readonly #http = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [, id, what] = /^\/api\/runs(?:\/(\d+)\/(\w+))?$/.exec(pathname) ?? [];
    response.setHeader('content-type', 'application/json');
    if (what === 'log') {
      const lines = this.logs.get(Number(id)) ?? [];
      response.end(JSON.stringify(lines.slice(Number(searchParams.get('after')))));
    } else if (what === 'retry' && request.method === 'POST') {
      const { finished: _, ...run } = this.runs.find((run) => run.id === Number(id))!;
      this.runs.unshift({ ...run, id: 8, status: 'queued' });
      response.end(JSON.stringify(this.runs[0]));
    } else {
      response.end(JSON.stringify(this.runs.slice(0, Number(searchParams.get('limit')))));
    }
  });

  async start(): Promise<string> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/api/`;
  }

  pass(id: number): void {
    const index = this.runs.findIndex((run) => run.id === id);
    this.runs[index] = { ...this.runs[index]!, status: 'passed', finished: '2026-01-02T00:01:00Z' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }
}

test('runs stand in the list, with their logs', async () => {
  await using server = new BuildServer();
  const url = await server.start();
  await using t = await testShell({ plugins: [tasks(), builds({ url })] });
  const { data, text } = await t.command('tasks', ['ls']);
  expect(data).toMatchObject({
    tasks: [
      { id: 'build-7', state: 'working', title: 'nightly (main)', place: new URL(url).host },
      { id: 'build-6', state: 'failed', exit: { code: 1 } },
    ],
  });
  expect(text).toContain('nightly (main)');
  expect((await t.command('tasks', ['ls', '--state', 'failed'])).data).toMatchObject({
    tasks: [{ id: 'build-6' }],
  });
  expect((await t.command('tasks', ['logs', '6'])).stdout).toBe('compiling\nno space left\n');
  expect((await t.command('tasks', ['wait', '6'])).code).toBe(1);
});

test('a failed one is built again', async () => {
  await using server = new BuildServer();
  await using t = await testShell({ plugins: [tasks(), builds({ url: await server.start() })] });
  expect((await t.command('tasks', ['retry', '6'])).outcome).toMatchObject({
    type: 'task',
    task: { id: 'build-8', state: 'submitted' },
  });
  expect((await t.command('tasks', ['show', '8'])).data).toMatchObject({ state: 'submitted' });
});

test('the list on the screen follows them', async () => {
  await using server = new BuildServer();
  const plugins = [tasks(), builds({ url: await server.start(), every: 0.02 })];
  await using t = await testShell({ plugins, terminal: true });
  const list = t.submit('/tasks');
  await t.terminal.shows('Builds (2)');
  await t.terminal.shows(/nightly.*working|working.*nightly/);
  server.pass(7);
  await t.terminal.shows(/nightly.*completed|completed.*nightly/);
  t.terminal.type(keys.escape);
  expect((await list).code).toBe(0);
});

test('its log is followed to the end', async () => {
  await using server = new BuildServer();
  const plugins = [tasks(), builds({ url: await server.start(), every: 0.02 })];
  await using t = await testShell({ plugins });
  const following = t.command('tasks', ['logs', '-f', '7']);
  server.logs.get(7)!.push('done');
  server.pass(7);
  expect((await following).stdout).toBe('compiling\ndone\n');
});

test('a server that is away is one warning; the rest is listed', async () => {
  let url: string;
  {
    await using server = new BuildServer();
    url = await server.start();
  }
  await using t = await testShell({ plugins: [tasks(), notes({ file: ':memory:' }), builds({ url })] });
  await t.submit('> --remind 10m call Ann');
  const { code, stdout, events } = await t.command('tasks', ['ls']);
  expect(code).toBe(0);
  expect(stdout).toContain('call Ann');
  expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
    { message: expect.stringContaining(`${new URL(url).host} does not answer`) },
  ]);
});

test('an address that is none is refused before anything runs', async () => {
  await expect(testShell({ plugins: [builds({ url: 'builds' })] })).rejects.toMatchObject({
    code: 'PREFISH_PLUGIN_OPTIONS',
    plugin: 'prefish-plugin-builds',
  });
});
