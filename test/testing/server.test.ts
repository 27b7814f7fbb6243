import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testShell, type TestShell } from '@prefish/testing';
import { testServer } from '@prefish/testing/server';
import { expect, test } from 'vitest';
import shout from '../../examples/shout/shout.ts';
import { shell } from '../../plugins/shell/src/index.ts';
import { tasks } from '../../plugins/tasks/src/index.ts';
import { teleport } from '../../plugins/teleport/src/index.ts';

async function inRepository(t: TestShell): Promise<void> {
  await t.write('greeting.txt', 'hello\n');
  execFileSync('git', ['init', '-q', '-b', 'main'], {
    cwd: t.cwd,
    env: { HOME: t.home, PATH: process.env['PATH'] },
  });
}

test('a line goes to a real server, runs in a real prefish, and comes back', async () => {
  await using server = await testServer();
  await using t = await testShell({ plugins: [shell(), tasks(), teleport(server.teleport)] });
  await inRepository(t);
  const { outcome, text } = await t.submit('& !cat greeting.txt; exit 3', { origin: 'script' });
  const { id } = (outcome as { task: { id: string } }).task;
  expect(text).toContain('this machine');
  await expect(server.ended(id)).resolves.toMatchObject({
    line: '!cat greeting.txt; exit 3',
    exit: { code: 3 },
  });
  expect((await t.command('tasks', ['logs', id])).stdout).toContain('hello\n');
  expect(await server.transcript(id)).toContainEqual(
    expect.objectContaining({ type: 'output', text: 'hello\n' }),
  );
});

test('a line of the test’s own plugin runs there too', async () => {
  const file = join(import.meta.dirname, '../../examples/shout/shout.ts');
  await using server = await testServer({ plugins: [file], prefixes: [{ id: 'shout', token: '^' }] });
  await using t = await testShell({ plugins: [shout(), teleport(server.teleport)] });
  await inRepository(t);
  const { outcome, error } = await t.submit('& ^ hello', { origin: 'script' });
  expect(error).toBeUndefined();
  const { id } = (outcome as { task: { id: string } }).task;
  await expect(server.ended(id)).resolves.toMatchObject({ exit: { code: 0 } });
  expect(await server.transcript(id)).toContainEqual(
    expect.objectContaining({ type: 'output', text: 'HELLO!\n' }),
  );
});

test('tasks may be the test’s own, and nothing is left', async () => {
  const server = await testServer({
    run: async (_claim, log) => {
      await log.started('none');
      return { exit: { code: 7 } };
    },
  });
  await using t = await testShell({ plugins: [shell(), tasks(), teleport(server.teleport)] });
  await inRepository(t);
  expect((await t.submit('& --wait !never runs', { origin: 'script' })).code).toBe(7);
  const folder = dirname(server.teleport.folders.cache);
  expect(server.socketPath, 'everything is in one folder').toContain(`${folder}/`);
  expect(existsSync(folder)).toBe(true);
  await server.close();
  expect(existsSync(folder)).toBe(false);
});
