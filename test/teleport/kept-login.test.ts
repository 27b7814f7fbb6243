import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome, type Run } from '../support/sandbox-home.ts';
import { served } from '../support/served.ts';
import { caller } from './logged-in.ts';

needs('bubblewrap', 'openssl');

test('a line that is kept goes out as who submitted it, and as nobody else', async () => {
  await using server = await served();
  await using home = await sandboxHome();
  const repository = await home.repository({ 'a.txt': 'one\n' });
  const prefish = caller(home, server, repository.path);
  const codes = { ada: await server.codeFor('ada'), bob: await server.codeFor('bob') };
  const login = async (name: keyof typeof codes): Promise<Run> =>
    prefish(['login', server.url], `${codes[name]}\n`);
  const again = async (name: keyof typeof codes): Promise<Run> => {
    const made = await server.home.prefish(['users', 'code', name, '--json']);
    codes[name] = made.json<{ code: string }>().code;
    return login(name);
  };
  const listed = async (): Promise<readonly Task[]> =>
    (await prefish(['tasks', 'ls', '--json'])).json<{ tasks: Task[] }>().tasks;
  await login('bob');
  await server.stop();
  const sent = await prefish(['--server', server.url, '-c', '& !echo secret']);
  expect(sent).toMatchObject({ code: 3, stderr: expect.stringContaining('kept') });
  for (const command of [['whoami'], ['tasks', 'show', '1'], ['login', server.url]]) {
    const { stdout, stderr } = await prefish(command, `${codes.ada}\n`);
    expect(`${stdout}${stderr}`, command.join(' ')).not.toContain('ECONNREFUSED');
    expect(`${stdout}${stderr}`.match(/does not answer \(connection refused\)/g)).toHaveLength(1);
    expect(`${stdout}${stderr}`).toContain('Is that server up');
  }
  expect((await prefish(['logout', server.url])).stdout).toContain('1 line kept here for it');
  expect(await listed()).toMatchObject([
    { line: '!echo secret', reason: `not-delivered, log in as bob first: prefish login ${server.url}` },
  ]);

  await server.start();
  await login('ada');
  expect(await listed()).toMatchObject([
    {
      line: '!echo secret',
      state: 'submitted',
      reason: expect.stringMatching(/^not-delivered, kept for bob: /),
    },
  ]);
  const own = await prefish(['--server', server.url, '-c', '& !echo own']);
  expect(own).toMatchObject({ code: 0, stdout: expect.stringContaining('task 1 submitted') });

  // As an older prefish wrote it, which noted no login.
  const { id } = (await listed()).find(({ line }) => line === '!echo secret')!;
  const file = join(home.prefishHome, 'data', 'outbox', `${id}.json`);
  const { login: _, ...entry } = JSON.parse(await readFile(file, 'utf8')) as { readonly login: string };
  await writeFile(file, JSON.stringify(entry));
  expect(await listed()).toMatchObject([
    { line: '!echo own' },
    { reason: expect.stringMatching(/^not-delivered, kept under a login before this one: /) },
  ]);
  await writeFile(file, JSON.stringify({ ...entry, login: 'bob' }));

  await again('bob');
  expect(await listed()).toMatchObject([{ line: '!echo secret', number: 1, attempt: expect.any(Number) }]);
  await again('ada');
  expect(await listed()).toMatchObject([{ line: '!echo own', number: 1 }]);
});
