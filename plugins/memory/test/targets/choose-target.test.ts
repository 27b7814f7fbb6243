import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testShell } from '../harness.ts';

async function withUserFile(options: Parameters<typeof testShell>[1]) {
  const shell = await testShell('', options);
  await mkdir(join(shell.home, '.claude'));
  await writeFile(join(shell.home, '.claude/CLAUDE.md'), '');
  return shell;
}

test('where several memory files exist, the first note asks, and the answer holds', async () => {
  const { run, asked } = await withUserFile({ answer: '.claude' });
  expect((await run('# one')).message).toMatch('noted in ~/.claude/CLAUDE.md');
  expect(asked).toEqual([
    ['AGENTS.md · this project · new', '~/.claude/CLAUDE.md · all your projects (Claude Code)'],
  ]);
  expect((await run('# two')).message).toMatch('noted in ~/.claude/CLAUDE.md:');
  expect(asked).toHaveLength(1);
  expect((await run('/memory')).message).toMatch('Notes go to ~/.claude/CLAUDE.md;');
});

test('where one exists, nobody is asked, unless they want to be', async () => {
  const { run, asked } = await testShell('', { answer: 'local' });
  expect((await run('# one')).message).toMatch('noted in AGENTS.md:3');
  expect(asked).toEqual([]);
  expect((await run('# --ask two')).message).toMatch('noted in CLAUDE.local.md:5');
  expect(asked[0]).toEqual([
    'AGENTS.md · this project',
    'CLAUDE.local.md · this project, you alone (Claude Code) · new',
    '~/.claude/CLAUDE.md · all your projects (Claude Code) · new',
  ]);
});

test('a CLAUDE.md that imports AGENTS.md is no second place', async () => {
  const { run, asked, root } = await testShell('', { answer: 'CLAUDE' });
  await writeFile(join(root, 'AGENTS.md'), '');
  await writeFile(join(root, 'CLAUDE.md'), '@AGENTS.md\n');
  await run('# one');
  expect(asked).toEqual([]);
  await writeFile(join(root, 'CLAUDE.md'), '');
  expect((await run('# two')).message).toMatch('noted in CLAUDE.md');
});

test.each([
  ['a configuration that says so', { answer: '.claude', options: { ask: false } }],
  ['a paste', { answer: '.claude', origin: 'pasted' as const }],
  ['a script', {}],
])('%s is not asked', async (_name, options) => {
  const { run, asked } = await withUserFile(options);
  expect((await run('# one')).message).toMatch('noted in AGENTS.md');
  expect(asked).toEqual([]);
});

test('--ask where nobody is says so', async () => {
  const { run } = await testShell();
  expect((await run('# --ask one')).result).toMatchObject({ code: 'PREFISH_NO_TTY' });
});
