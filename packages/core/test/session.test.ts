import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createShell } from '../src/index.ts';
import { plugin, printed, startShell } from './start-shell.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prefish-session-'));
  mkdirSync(join(root, 'a', 'b'), { recursive: true });
  writeFileSync(join(root, 'file'), '');
});
afterEach(() => rmSync(root, { recursive: true }));

const session = plugin('session', (shell) => {
  shell.prefix({
    id: 'cd',
    token: '>',
    summary: '',
    run: (path, context) => {
      context.session.changeFolder(path);
      return { type: 'ok' };
    },
  });
  shell.prefix({
    id: 'set',
    token: '=',
    summary: '',
    run: (value, context) => {
      context.session.setEnv({ VALUE: value });
      return { type: 'ok' };
    },
  });
  shell.prefix({
    id: 'say',
    token: '?',
    summary: '',
    run: (_, { cwd, env, out }) => {
      out.line(`${cwd} ${env['VALUE']}`);
      return { type: 'ok' };
    },
  });
});

test('a line leaves its folder and its variables to the next, not to the process or another shell', async () => {
  const before = process.cwd();
  await using t = await startShell([session], { cwd: root, env: { VALUE: 'old' } });
  await using other = await startShell([session], { cwd: root, env: { VALUE: 'old' } });
  for (const line of ['> a', '= new', '> b', '?', '> ..', '?', `> ${root}`, '?']) await t.shell.submit(line);
  expect(printed(t.events)).toBe(`${root}/a/b new\n${root}/a new\n${root} new\n`);
  await other.shell.submit('?');
  expect(printed(other.events)).toBe(`${root} old\n`);
  expect(process.cwd()).toBe(before);
  expect(process.env['VALUE']).toBeUndefined();
});

test.each([
  ['missing', /^missing: there is no such folder/, 'ENOENT'],
  ['file', /^file: is not a folder/, undefined],
  ['file/below', /^file\/below: ENOTDIR/, 'ENOTDIR'],
])('%s is no folder, and the session stays where it was', async (path, message, code) => {
  await using t = await startShell([session], { cwd: root, env: {} });
  const { result } = await t.shell.submit(`> ${path}`);
  expect(result).toMatchObject({ code: 'PREFISH_NOT_A_FOLDER', message: expect.stringMatching(message) });
  expect((result as Error).cause).toEqual(code === undefined ? undefined : expect.objectContaining({ code }));
  await t.shell.submit('?');
  expect(printed(t.events)).toBe(`${root} undefined\n`);
});

test('a shell does not start in a folder that is none', async () => {
  const cwd = join(root, 'missing');
  await expect(createShell({ cwd, plugins: [] })).rejects.toMatchObject({
    code: 'PREFISH_NOT_A_FOLDER',
    message: `${cwd}: there is no such folder`,
  });
});
