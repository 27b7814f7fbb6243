import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { has } from '../../../../test/support/capabilities.ts';
import { completeWord } from '../../src/completion/complete-word.ts';

async function offers(body: string, dollarQuotes = true): Promise<string[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'prefish-complete-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await mkdir(join(cwd, 'source/deep'), { recursive: true });
  await mkdir(join(cwd, 'bin'));
  await writeFile(join(cwd, 'some file.txt'), '');
  await writeFile(join(cwd, '.hidden'), '');
  await mkdir(join(cwd, 'odd'));
  for (const name of ['tab\tq', 'line\nend', 'esc\x1b[2J', 'rtl\u202etxt'])
    await writeFile(join(cwd, 'odd', name), '');
  // Elsewhere there is no such name.
  if (process.platform === 'linux')
    await writeFile(Buffer.concat([Buffer.from(join(cwd, 'odd/latin')), Buffer.of(0xe9)]), '');
  await symlink('source', join(cwd, 'link'));
  await writeFile(join(cwd, 'bin/frobnicate'), '');
  await chmod(join(cwd, 'bin/frobnicate'), 0o755);
  const env = { PATH: `${join(cwd, 'bin')}:relative`, HOME: cwd, HOLIDAY: 'x' };
  const offered = await completeWord(body, body.length, { cwd, env, variables: ['HOPS'], dollarQuotes });
  return offered.map(({ insert }) => insert);
}

test.each([
  ['cat so', ['some\\ file.txt', 'source/']],
  ['cat source/', ['source/deep/']],
  ['cat ~/so', ['~/some\\ file.txt', '~/source/']],
  ['cat ', ['bin/', 'link/', 'odd/', 'some\\ file.txt', 'source/']],
  ['cat .h', ['.hidden']],
  ['./so', ['./some\\ file.txt', './source/']],
  ['frob', ['frobnicate']],
  ['ls; frob', ['frobnicate']],
  ['cat frob', []],
  ['ls;frob', ['ls;frobnicate']],
  ['A=1 frob', ['frobnicate']],
  ['echo $(frob', ['$(frobnicate']],
  ['cd ', ['bin/', 'link/', 'odd/', 'source/']],
  ['cd some', []],
  ['cat >so', ['>some\\ file.txt', '>source/']],
  ['cat "so', ['"some file.txt"', '"source/']],
  ['cat "some fi', ['file.txt"']],
  ["cat 'some fi", ["file.txt'"]],
  ['cat some\\ fi', ['file.txt']],
  ['cat "./some fi', ['file.txt"']],
  ['cat ./"some fi', ['file.txt"']],
  ['echo $HO', ['$HOLIDAY', '$HOME/', '$HOPS']],
  ['echo "a ${HOL', ['${HOLIDAY}']],
  ["echo '$HO", []],
  ['cat $HOME/sour', ['$HOME/source/']],
  ['cat nowhere/', []],
  ['cat --file=so', ['--file=some\\ file.txt', '--file=source/']],
  ['cat --file="so', ['--file="some file.txt"', '--file="source/']],
  ['cat --file="some fi', ['file.txt"']],
  ['dd if=source/', ['if=source/deep/']],
  ['A=sour', ['A=source/']],
  ['cat odd/ta', [String.raw`odd/tab$'\t'q`]],
  ['cat odd/li', [String.raw`odd/line$'\n'end`]],
  ['cat odd/es', [String.raw`odd/esc$'\033'\[2J`]],
  ['cat odd/rt', [String.raw`odd/rtl$'\342\200\256'txt`]],
  ['cat "odd/ta', []],
  ['cat odd/la', []],
])('%s', async (body, expected) => {
  expect(await offers(body)).toEqual(expected);
});

test('a name that a shell has no words for is not offered', async () => {
  expect(await offers('cat odd/', false)).toEqual([]);
});

test.for(['bash', 'zsh'])('%s reads what is offered as the name that is there', async (shell, { skip }) => {
  skip(shell === 'zsh' && !has('zsh'), 'zsh is not installed');
  const words = await offers('cat odd/');
  const { stdout } = await promisify(execFile)(shell, ['-c', `printf '%s\\0' ${words.join(' ')}`]);
  expect(stdout.split('\0').sort()).toEqual(
    ['', 'odd/esc\x1b[2J', 'odd/line\nend', 'odd/rtl\u202etxt', 'odd/tab\tq'].sort(),
  );
});
