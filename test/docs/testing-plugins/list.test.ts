import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { definePlugin } from '@prefish/core';
import { teleport } from '../../../plugins/teleport/src/index.ts';
import { keys, testShell } from '@prefish/testing';
import { fakeAgent } from '@prefish/testing/agent';
import { testServer } from '@prefish/testing/server';
import { expect, test } from 'vitest';
import list from './list.ts';

test('a line lands in the file', async () => {
  await using t = await testShell({ plugins: [list()] });
  const line = await t.submit('+ milk');
  expect(line.code).toBe(0);
  expect(line.text).toBe('on the list: milk\n');
  expect(await t.read('list.txt')).toBe('milk\n');
});

test('the list is shown', async () => {
  await using t = await testShell({ plugins: [list()] });
  await t.write('list.txt', 'bread\n');
  const { stdout } = await t.command('list');
  expect(stdout).toBe('bread\n');
});

test('without a list it fails, and says why', async () => {
  await using t = await testShell({ plugins: [list()] });
  const { error, code } = await t.command('list');
  expect(code).toBe(1);
  expect(error).toMatchObject({ code: 'PREFISH_PLUGIN_FAILED', plugin: 'prefish-plugin-list' });
});

test('it is emptied by those who say yes', async () => {
  await using t = await testShell({ plugins: [list()], answers: { 'Empty the list?': true } });
  await t.submit('+ milk');
  await t.command('list', ['--clear']);
  expect(await t.read('list.txt')).toBe('');
});

test('and by nobody else', async () => {
  await using t = await testShell({ plugins: [list()], answers: [false] });
  await t.submit('+ milk');
  const { questions } = await t.command('list', ['--clear']);
  expect(questions).toMatchObject([{ message: 'Empty the list?', answer: false }]);
  expect(await t.read('list.txt')).toBe('milk\n');
});

const pause = definePlugin({
  name: 'pause',
  api: '^1',
  setup(shell) {
    shell.prefix({
      id: 'pause',
      token: '%',
      summary: 'Wait for Enter',
      async run(body, { lendTerminal }) {
        await lendTerminal(async (terminal) => {
          terminal.write(`${body} [Enter]`);
          await new Promise<void>((resolve) =>
            terminal.onInput((data) => data.includes(keys.enter) && resolve()),
          );
        });
        return { type: 'ok' };
      },
    });
  },
});

test('it waits for Enter', async () => {
  await using t = await testShell({ plugins: [pause()], terminal: true });
  const line = t.submit('% ready?');
  await t.terminal.shows('ready? [Enter]');
  t.terminal.type(keys.enter);
  expect((await line).code).toBe(0);
});

const egg = definePlugin({
  name: 'egg',
  api: '^1',
  setup(shell) {
    shell.prefix({
      id: 'egg',
      token: '@',
      summary: 'Say when so many minutes are over',
      run(minutes) {
        void delay(Number(minutes) * 60_000).then(() => shell.notify('The egg is done'));
        return { type: 'ok' };
      },
    });
  },
});

test('five minutes later', async () => {
  await using t = await testShell({ plugins: [egg()], clock: true });
  await t.submit('@ 5');
  await t.clock.tick(5 * 60_000);
  expect(t.notices).toEqual(['The egg is done']);
});

test('a task has a list of its own', async () => {
  await using server = await testServer({
    plugins: [join(import.meta.dirname, 'list.ts')],
    prefixes: [{ id: 'list', token: '+' }],
  });
  await using t = await testShell({ plugins: [list(), teleport(server.teleport)] });
  expect((await t.submit('& --wait + milk', { origin: 'script' })).code).toBe(0);
  const [task] = (await server.client.list()).tasks;
  expect(task).toMatchObject({ line: '+ milk', state: 'completed', result: { files: 1 } });
});

test('an agent is a program', async () => {
  const { command, args, env } = fakeAgent();
  const agent = spawn(command, args, { env: { ...process.env, ...env } });
  agent.stdin.end();
  expect(await once(agent, 'exit')).toEqual([0, null]);
});
