import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findShell } from '../../src/find-shell.ts';
import { isWhole } from '../../src/syntax/is-whole.ts';
import { mayGoOn } from '../../src/syntax/may-go-on.ts';
import { unfinishedLines, wholeIn, wholeLines } from './corpus.ts';

const { signal } = new AbortController();
const env = { PATH: process.env['PATH'] ?? '', LANG: 'de_DE.UTF-8' };

function whole(path: string, line: string): Promise<boolean> {
  return isWhole(line, findShell({ ...env, SHELL: path }), env, signal);
}

const wholeOnes = [
  'for i in 1 2; do echo $i; done',
  'for i in 1 2\ndo\necho $i\ndone',
  '{ echo a; }',
  '( cd / && ls )',
  'echo "a" \'b\' `ls` $(ls) ${x}',
  'echo a \\\\',
  'cat <<EOF\none\nEOF',
  'cat <<-EOF\n\tone\n\tEOF',
  'echo $((1<<2))',
  'npm run dev &',
];
const mistakes = [
  'done',
  ')',
  'for do done',
  'for i in 1; do echo )',
  'for i in 1; do\necho )',
  'ls | | cat',
];

const shells = ['bash', 'zsh', 'dash'].filter((name) => existsSync(`/usr/bin/${name}`));

describe.each(shells)('%s', (name) => {
  const path = `/usr/bin/${name}`;

  test.each(unfinishedLines)('%j goes on', async (line) => {
    expect(mayGoOn(line)).toBe(true);
    expect(await whole(path, line)).toBe(false);
  });

  test.each([...wholeOnes, ...wholeLines, ...wholeIn[name]!])('%j is whole', async (line) => {
    expect(await whole(path, line)).toBe(true);
  });

  test.each(mistakes)('%j runs, and fails', async (line) => {
    expect(await whole(path, line)).toBe(true);
  });
});

describe.each(['/usr/bin/fish'].filter((path) => existsSync(path)))('%s', (path) => {
  test.each(['for i in 1 2', 'if true', 'begin', 'echo "a', 'echo (ls', 'ls |', 'echo \\'])(
    '%j goes on',
    async (line) => {
      expect(mayGoOn(line)).toBe(true);
      expect(await whole(path, line)).toBe(false);
    },
  );

  test.each(['for i in 1 2\necho $i\nend', 'echo "a"', 'end', 'echo )', 'echo "Missing end to balance" )'])(
    '%j runs',
    async (line) => {
      expect(await whole(path, line)).toBe(true);
    },
  );
});

test('nothing of a line is run, nor what the environment would have read', async () => {
  const mark = `/tmp/prefish-is-whole-${process.pid}`;
  const given = { ...env, BASH_ENV: '/proc/self/environ', ENV: '/proc/self/environ' };
  await isWhole(
    `touch ${mark}; $(touch ${mark}) "`,
    findShell({ ...given, SHELL: '/bin/bash' }),
    given,
    signal,
  );
  expect(existsSync(mark)).toBe(false);
});

test.each([
  'ls',
  'git status --short',
  'npm test &',
  'vim notes.md',
  'echo $HOME *.ts',
  'ls a[0-9]',
  'x'.repeat(20_000),
])('no shell is asked about %j', (line) => expect(mayGoOn(line)).toBe(false));
