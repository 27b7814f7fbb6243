import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { TaskDiff } from '@prefish/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FilePatch, filePatches, parsePatch } from '../../src/diff/parse-patch.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prefish-patch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

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
  const options = ['-M', '--full-index', '--cached', 'HEAD'];
  const states = git('diff', '--name-status', '-z', ...options).matchAll(
    /([AMDT])\0(.+?)\0|R\d+\0(.+?)\0(.+?)\0/gs,
  );
  const words = { A: 'added', M: 'modified', D: 'deleted', T: 'type-changed' } as const;
  const files = [...states].map(([, letter, path, from, to]): TaskDiff['files'][number] => ({
    ...(letter === undefined
      ? { path: to!, from: from!, status: 'renamed' }
      : { path: path!, status: words[letter as keyof typeof words] }),
    insertions: 1,
    deletions: 1,
  }));
  return { files, patch: git('diff', '--binary', ...options) };
}

/** Everything that is there, in a commit. */
function commit(): void {
  git('init', '-q', '.');
  git('add', '-A');
  git('commit', '-qm', 'all');
}

const linesOf = (patch: FilePatch | undefined): string[] =>
  patch!.chunks.flatMap(({ changes }) => changes.map(({ content }) => content));

test('says what is renamed, a link, a program or binary, and what reaches further than its file', () => {
  put('old/name.txt', 'the same\n');
  put('run.sh', 'echo\n');
  put('package.json', '{\n  "scripts": {\n    "test": "true"\n  }\n}\n');
  put('plain.txt', 'one\n');
  commit();
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
  expect(patches['new/name.txt']).toMatchObject({ file: { from: 'old/name.txt' }, chunks: [], marks: [] });
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

test('shows the changes of each file under its own name, whatever its lines look like', () => {
  put('a.txt', 'one\n');
  put('b', 'was a file\n');
  put('c.txt', 'one\n');
  put('d/moved.txt', 'one\ntwo\nthree\nfour\n');
  put('run', 'echo\n');
  commit();
  // What ends a line for much that reads text, and not for git.
  const ends = ['\r', '\u2028', '\u2029', '\u0085', '\f'];
  put('a.txt', ends.map((end) => `x${end}diff --git a/y b/y${end}new mode 100755${end}@@ -1 +1 @@`).join(''));
  rmSync(join(folder, 'b'));
  symlinkSync('/etc/passwd', join(folder, 'b'));
  put('c.txt', 'two\n');
  renameSync(join(folder, 'd/moved.txt'), join(folder, 'd/new name.txt'));
  put('d/new name.txt', 'one\ntwo\nthree\nfive\n');
  chmodSync(join(folder, 'run'), 0o755);
  git('add', '-A');

  const patches = Object.fromEntries(filePatches(diff()).map((patch) => [patch.file.path, patch]));
  expect(Object.keys(patches)).toEqual(['a.txt', 'b', 'c.txt', 'd/new name.txt', 'run']);
  expect(linesOf(patches['a.txt'])).toHaveLength(2);
  expect(patches['a.txt']).not.toHaveProperty('risk');
  expect(linesOf(patches['b'])).toEqual(['-was a file', '+/etc/passwd']);
  expect(patches['b']).toMatchObject({ marks: ['link'], risk: 'is a link to /etc/passwd' });
  expect(linesOf(patches['c.txt'])).toEqual(['-one', '+two']);
  expect(linesOf(patches['d/new name.txt'])).toEqual([' one', ' two', ' three', '-four', '+five']);
  expect(patches['run']).toMatchObject({ risk: 'becomes a program' });
});

test('finds what npm install would run in a package.json of one line too', () => {
  put('package.json', '{"scripts":{"test":"true"}}\n');
  commit();
  put('package.json', String.raw`{"scripts":{"test":"true","post\u0069nstall":"x"}}`);
  git('add', '-A');
  expect(filePatches(diff())).toMatchObject([{ risk: 'changes what npm install runs' }]);
});

test('finds a name of JSON whose colon is in the next line, and reads a line of nothing but quotes once', () => {
  put('package.json', '{"scripts":{}}\n');
  put('other/package.json', '{}\n');
  commit();
  put('package.json', '{"scripts":{\n"postinstall"\n: "x"}}\n');
  put('other/package.json', `"${'\\"'.repeat(200_000)}\n`);
  git('add', '-A');
  const patches = filePatches(diff());
  expect(patches.map(({ file, risk }) => [file.path, risk])).toEqual([
    ['other/package.json', undefined],
    ['package.json', 'changes what npm install runs'],
  ]);
});

test('warns of what is renamed, although its patch has neither its lines nor its mode', () => {
  const manifest = '{"scripts":{"postinstall":"x"}}\n';
  put('harmless.json', manifest);
  put('edited.json', `${manifest}\n\n\n\n\n\n`);
  put('moved/package.json', '{"name":"moved"}\n');
  put('plain', 'plain\n');
  symlinkSync('../..', join(folder, 'link'));
  commit();
  for (const name of ['a', 'b', 'c', 'd']) mkdirSync(join(folder, name));
  renameSync(join(folder, 'harmless.json'), join(folder, 'a/package.json'));
  renameSync(join(folder, 'edited.json'), join(folder, 'b/package.json'));
  put('b/package.json', `${manifest}\n\n\n\n\n\n\n`);
  renameSync(join(folder, 'moved/package.json'), join(folder, 'c/package.json'));
  renameSync(join(folder, 'link'), join(folder, 'd/link'));
  renameSync(join(folder, 'plain'), join(folder, 'd/plain'));
  git('add', '-A');
  const { files, patch } = diff();
  expect(new Set(files.map(({ status }) => status))).toEqual(new Set(['renamed']));
  const told = files.map((file) => (file.path === 'd/link' ? { ...file, link: true as const } : file));
  expect(filePatches({ files: told, patch }).map(({ file, risk }) => [file.path, risk])).toEqual([
    ['a/package.json', 'may change what npm install runs'],
    ['b/package.json', 'may change what npm install runs'],
    ['c/package.json', undefined],
    ['d/link', 'is a link to somewhere'],
    ['d/plain', undefined],
  ]);
});

test('warns of what it cannot see: lines that are no text, or that a patch was cut before', () => {
  put('package.json', '{}\n');
  put('other', 'x\n');
  commit();
  put('package.json', Buffer.from('{"scripts":{"postinstall":"\0"}}'));
  git('add', '-A');
  const risk = 'may change what npm install runs';
  const { files, patch } = diff();
  expect(filePatches({ files, patch })).toMatchObject([{ binary: true, risk }]);
  expect(filePatches({ files, patch: '# cut after 16 MB\n' })).toMatchObject([{ chunks: [], risk }]);
});

test('finds the file behind one that was renamed and is no UTF-8: the server gives that as two', () => {
  put('old', 'x\n');
  put('run', 'echo\n');
  commit();
  renameSync(join(folder, 'old'), join(folder, 'new'));
  chmodSync(join(folder, 'run'), 0o755);
  git('add', '-A');
  const { files } = diff();
  const options = ['--full-index', '--cached', '--binary', '--no-renames', 'HEAD', '--'];
  const patch =
    git('diff', ...options, 'old') + git('diff', ...options, 'new') + git('diff', ...options, 'run');
  const patches = filePatches({ files, patch });
  expect(patches.map(({ file, marks }) => [file.path, marks])).toEqual([
    ['new', []],
    ['run', ['now a program']],
  ]);
});

test('says where a link leads that was one before', () => {
  symlinkSync('inside', join(folder, 'link'));
  commit();
  rmSync(join(folder, 'link'));
  symlinkSync('/etc/passwd', join(folder, 'link'));
  git('add', '-A');
  expect(filePatches(diff())).toMatchObject([{ marks: ['link'], risk: 'is a link to /etc/passwd' }]);
});

test('takes ends of lines as Windows has them for what they are, and shows where they are mixed', () => {
  const all = parsePatch('@@ -1,2 +1,2 @@\n one\r\n-two\r\n+three\r\n').chunks;
  expect(all[0]!.changes.map(({ content }) => content)).toEqual([' one', '-two', '+three']);
  const some = parsePatch('@@ -1 +1 @@\n-one\n+one\r\n').chunks;
  expect(some[0]!.changes.map(({ content }) => content)).toEqual(['-one', '+one\r']);
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
