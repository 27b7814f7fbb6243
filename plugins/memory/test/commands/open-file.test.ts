import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createShell, definePlugin } from '@prefish/core';
import { expect, onTestFinished, test } from 'vitest';
import { memory } from '../../src/index.ts';
import { testShell } from '../harness.ts';

test('in the shell a file opens with a line for the user’s shell', async () => {
  const { root, state } = await testShell();
  const folder = join(root, 'it’s a "folder"');
  await mkdir(folder);
  const lines: string[] = [];
  const shell = definePlugin({
    name: 'shell',
    api: '^1',
    setup: (own) =>
      own.prefix({ id: 'shell', token: '$', summary: '', run: (body) => (lines.push(body), { type: 'ok' }) }),
  });
  const opened = await createShell({
    plugins: [memory({ folders: { state } }), shell()],
    host: { terminal: { columns: 80, rows: 24 } },
    cwd: folder,
    env: { EDITOR: 'code --wait', HOME: root },
  });
  onTestFinished(() => opened.close());
  await opened.submit('/memory open', { origin: 'typed' });
  await opened.submit('/memory open "it\'s.md"', { origin: 'typed' });
  expect(lines).toEqual([`code --wait '${root}/AGENTS.md'`, `code --wait '${folder}/it'\\''s.md'`]);
});

test('outside, the editor gets prefish’s own terminal, and its exit is the command’s', async () => {
  const { shell, root } = await testShell('', {
    answer: '',
    env: { VISUAL: 'f() { echo edited > "$1"; exit 3; }; f' },
  });
  const { exit } = await shell.runCommand('memory', ['open', 'own.md']);
  expect(exit).toEqual({ code: 3 });
  const { readFile } = await import('node:fs/promises');
  await expect(readFile(join(root, 'own.md'), 'utf8')).resolves.toBe('edited\n');
});

test('without a terminal the file is named', async () => {
  const { run, root } = await testShell();
  expect((await run('/memory open local')).result).toMatchObject({
    code: 'PREFISH_NO_TTY',
    message: expect.stringContaining(join(root, 'CLAUDE.local.md')),
  });
});
