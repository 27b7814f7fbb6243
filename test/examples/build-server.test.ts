import { keys, testShell } from '@prefish/testing';
import { expect, test } from 'vitest';
import builds from '../../examples/build-server/builds.ts';
import notes from '../../examples/notes/notes.ts';
import { tasks } from '../../plugins/tasks/src/index.ts';
import { BuildServer } from '../support/build-server.ts';

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

test('a change is told to whoever watches, once, and until they have enough', async () => {
  await using server = new BuildServer();
  await using t = await testShell({ plugins: [builds({ url: await server.start(), every: 0.02 })] });
  const enough = new AbortController();
  const { source } = await t.shell.tasks.find('build-7', enough.signal);
  const changes = source.watch!(enough.signal)[Symbol.asyncIterator]();
  const first = changes.next();
  await server.asked(2);
  server.pass(7);
  expect(await first).toMatchObject({ value: { id: 'build-7', state: 'completed' } });
  const second = changes.next();
  server.add({ id: 8, title: 'release', branch: 'main', status: 'queued', created: '2026-01-03T00:00:00Z' });
  expect(await second, 'nothing between the two').toMatchObject({
    value: { id: 'build-8', state: 'submitted' },
  });
  const third = changes.next();
  enough.abort();
  await expect(third).rejects.toMatchObject({ name: 'AbortError' });
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
