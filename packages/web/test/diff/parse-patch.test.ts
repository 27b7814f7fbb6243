import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { TaskDiff } from '@prefish/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filePatches, parsePatch } from '../../src/diff/parse-patch.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'prefish-patch-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: env['PATH'], GIT_CONFIG_NOSYSTEM: '1', HOME: folder },
  });
const put = (name: string, text: string | Buffer): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
};

/** The diff as the server makes it. */
function diff(): TaskDiff {
  const options = ['--no-renames', '--full-index', '--cached', 'HEAD'];
  const states = git('diff', '--name-status', '-z', ...options)
    .split('\0')
    .slice(0, -1);
  const words = { A: 'added', M: 'modified', D: 'deleted', T: 'type-changed' } as const;
  const files = Array.from({ length: states.length / 2 }, (_, index) => ({
    path: states[index * 2 + 1]!,
    insertions: 1,
    deletions: 1,
    status: words[states[index * 2] as keyof typeof words],
  }));
  return { files, patch: git('diff', '--binary', ...options) };
}

test('says what is renamed, a link, a program or binary, and what reaches further than its file', () => {
  git('init', '-q', '.');
  put('old/name.txt', 'the same\n');
  put('run.sh', 'echo\n');
  put('package.json', '{\n  "scripts": {\n    "test": "true"\n  }\n}\n');
  put('plain.txt', 'one\n');
  git('add', '-A');
  git('commit', '-qm', 'one');
  mkdirSync(join(folder, 'new'));
  renameSync(join(folder, 'old/name.txt'), join(folder, 'new/name.txt'));
  chmodSync(join(folder, 'run.sh'), 0o755);
  put('package.json', '{\n  "scripts": {\n    "postinstall": "x",\n    "test": "true"\n  }\n}\n');
  put('plain.txt', 'GIT binary patch\n');
  put('picture.png', Buffer.from([0, 1, 2, 3]));
  put('.github/workflows/ci.yml', 'on: push\n');
  symlinkSync('/etc/passwd', join(folder, 'link'));
  git('add', '-A');

  const patches = Object.fromEntries(filePatches(diff()).map((patch) => [patch.file.path, patch]));
  expect(Object.keys(patches)).toHaveLength(7);
  expect(patches['new/name.txt']).toMatchObject({ from: 'old/name.txt', chunks: [], marks: [] });
  expect(patches['run.sh']).toMatchObject({ marks: ['now a program'], risk: 'becomes a program' });
  expect(patches['picture.png']).toMatchObject({ binary: true, chunks: [] });
  expect(patches['link']).toMatchObject({ marks: ['link'], risk: 'is a link to /etc/passwd' });
  expect(patches['.github/workflows/ci.yml']).toMatchObject({
    risk: 'runs where the repository is pushed to',
  });
  expect(patches['package.json']).toMatchObject({ risk: 'changes what npm install runs' });
  expect(patches['plain.txt']).toMatchObject({ binary: false, marks: [] });
  expect(patches['plain.txt']).not.toHaveProperty('risk');
});

test('takes what git says of the end of a file for no line of it', () => {
  const end = '\\ No newline at end of file';
  const [chunk] = parsePatch(`@@ -1,2 +1,2 @@\n one\n-two\n${end}\n+three\n${end}\n`).chunks;
  expect(chunk!.changes.map(({ content, type }) => [type, content])).toEqual([
    ['normal', ' one'],
    ['del', '-two'],
    ['add', '+three'],
  ]);
  expect(chunk!.changes.slice(1)).toMatchObject([{ unended: true }, { unended: true }]);
});
