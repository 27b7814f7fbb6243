import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { completeWord } from '../../src/completion/complete-word.ts';

async function offers(body: string): Promise<string[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'prefish-complete-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await mkdir(join(cwd, 'source/deep'), { recursive: true });
  await mkdir(join(cwd, 'bin'));
  await writeFile(join(cwd, 'some file.txt'), '');
  await writeFile(join(cwd, '.hidden'), '');
  await symlink('source', join(cwd, 'link'));
  await writeFile(join(cwd, 'bin/frobnicate'), '');
  await chmod(join(cwd, 'bin/frobnicate'), 0o755);
  const env = { PATH: `${join(cwd, 'bin')}:relative`, HOME: cwd, HOLIDAY: 'x' };
  const offered = await completeWord(body, body.length, { cwd, env, variables: ['HOPS'] });
  return offered.map(({ insert }) => insert);
}

test.each([
  ['cat so', ['some\\ file.txt', 'source/']],
  ['cat source/', ['source/deep/']],
  ['cat ~/so', ['~/some\\ file.txt', '~/source/']],
  ['cat ', ['bin/', 'link/', 'some\\ file.txt', 'source/']],
  ['cat .h', ['.hidden']],
  ['./so', ['./some\\ file.txt', './source/']],
  ['frob', ['frobnicate']],
  ['ls; frob', ['frobnicate']],
  ['cat frob', []],
  ['ls;frob', ['ls;frobnicate']],
  ['A=1 frob', ['frobnicate']],
  ['echo $(frob', ['$(frobnicate']],
  ['cd ', ['bin/', 'link/', 'source/']],
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
])('%s', async (body, expected) => {
  expect(await offers(body)).toEqual(expected);
});
