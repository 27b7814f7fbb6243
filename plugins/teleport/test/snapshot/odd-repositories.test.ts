import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeExtent } from '../../src/snapshot/describe-snapshot.ts';
import { at, contentOf, fingerprint, paths, scratch } from '../support/repository.ts';

describe('a snapshot', () => {
  test('of a partial clone fetches nothing: what is not here is named', async () => {
    using s = scratch();
    const origin = s.repository({ 'in/a': 'a\n', 'out/b': 'b\n', 'out/c': 'c\n', top: 't\n' }, 'origin');
    origin.git('config', 'uploadpack.allowFilter', 'true');
    origin.git('clone', '-q', '--filter=blob:none', '--sparse', `file://${origin.path}`, '../partial');
    const partial = at(join(s.root, 'partial'), s.env);
    partial.git('sparse-checkout', 'set', 'in');
    // A fetch would now wait for ever.
    partial.git('config', 'remote.origin.url', 'ext::sleep 1000');
    partial.git('config', 'protocol.ext.allow', 'always');
    partial.write({ 'in/a': '2\n', 'in/new': 'n\n' });
    const before = fingerprint(join(partial.path, '.git'));
    const captured = await s.capture(partial.path);
    expect(await paths(captured)).toEqual(['in/a', 'in/new', 'top']);
    expect(captured.snapshot).toMatchObject({
      base: { dirty: 1, untracked: 1 },
      notCaptured: [{ path: 'out/b and 1 more', why: 'missing' }],
    });
    expect(fingerprint(join(partial.path, '.git'))).toEqual(before);
    expect((await s.capture(partial.path)).snapshot.tree).toBe(captured.snapshot.tree);
    writeFileSync(join(captured.shadow.folder, 'index'), 'damaged');
    expect((await s.capture(partial.path)).snapshot.tree).toBe(captured.snapshot.tree);
  });

  test('of a shallow clone stands alone, which is said, and can be pushed', async () => {
    using s = scratch();
    const origin = s.repository({ a: '1\n' }, 'origin');
    origin.write({ a: '2\n' });
    origin.git('commit', '-qam', 'second');
    origin.git('clone', '-q', '--depth=1', `file://${origin.path}`, '../shallow');
    const captured = await s.capture(join(s.root, 'shallow'));
    expect(captured.snapshot.base.commit).toBe(origin.git('rev-parse', 'HEAD').trim());
    expect(describeExtent(captured.snapshot)).toEqual([
      'the history stays here: this clone has only a part of it',
    ]);
    const mirror = s.repository({}, 'mirror');
    await captured.shadow.git(['push', '-q', mirror.path, `${captured.snapshot.commit}:refs/heads/x`]);
    expect(mirror.git('show', 'x:a')).toBe('2\n');
  });

  test('of a sparse index is as of any sparse checkout', async () => {
    using s = scratch();
    const repository = s.repository({ 'in/a': '1\n', 'out/b': '2\n', top: 't\n' });
    repository.git('sparse-checkout', 'set', '--sparse-index', 'in');
    repository.write({ 'in/a': '2\n' });
    const captured = await s.capture(repository.path);
    expect(await paths(captured)).toEqual(['in/a', 'out/b', 'top']);
    expect(captured.snapshot.base).toMatchObject({ dirty: 1, untracked: 0 });
  });

  test('of a repository with sha256 ids has its files, and says that the history stays', async () => {
    using s = scratch();
    const repository = s.repository();
    rmSync(join(repository.path, '.git'), { recursive: true });
    repository.git('init', '-q', '--object-format=sha256');
    repository.write({ a: '1\n', 'kept.log': 'k\n', '.gitignore': '*.log\n' });
    repository.git('add', '-A', '-f');
    repository.git('commit', '-qm', 'first');
    repository.write({ a: '2\n', b: '3\n', 'other.log': 'o\n' });
    for (const _ of [1, 2]) {
      const captured = await s.capture(repository.path);
      expect(await paths(captured)).toEqual(['.gitignore', 'a', 'b', 'kept.log']);
      expect(captured.snapshot).toMatchObject({
        base: { commit: null, branch: 'main' },
        historyStays: 'sha256',
      });
    }
  });

  test('of a repository that borrows its objects, and whose work tree is elsewhere', async () => {
    using s = scratch();
    const origin = s.repository({ a: '1\n' }, 'origin');
    origin.git('clone', '-q', '--shared', '.', '../borrows');
    const borrows = at(join(s.root, 'borrows'), s.env);
    mkdirSync(join(s.root, 'elsewhere/sub'), { recursive: true });
    borrows.git('config', 'core.worktree', '../../elsewhere');
    const tree = at(join(s.root, 'elsewhere'), s.env);
    tree.write({ a: '2\n', 'sub/b': 'b\n', '.git': `gitdir: ${join(borrows.path, '.git')}\n` });
    const captured = await s.capture(join(tree.path, 'sub'));
    expect(captured.tree).toMatchObject({ root: tree.path, cwd: 'sub' });
    expect(await paths(captured)).toEqual(['a', 'sub/b']);
    expect(captured.snapshot.base).toMatchObject({ dirty: 1, untracked: 1 });
  });

  test('in the middle of a rebase holds what is there', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    repository.git('checkout', '-qb', 'other');
    repository.write({ a: 'other\n', b: 'b\n' });
    repository.git('add', '-A');
    repository.git('commit', '-qm', 'other');
    repository.git('checkout', '-q', 'main');
    repository.write({ a: 'main\n' });
    repository.git('commit', '-qam', 'main');
    expect(() => repository.git('rebase', 'main', 'other')).toThrow();
    const captured = await s.capture(repository.path);
    expect(captured.snapshot.base.branch).toBe(null);
    expect(captured.snapshot.unmerged).toBe(true);
    expect(await contentOf(captured, 'a')).toContain('<<<<<<<');
    expect(await paths(captured)).toEqual(['a', 'b']);
  });

  test('keeps names that differ in case alone, begin with a dash, hold anything, or are as long as may be', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    const long = 'n'.repeat(255);
    const deep = Array.from({ length: 12 }, () => 'd'.repeat(250)).join('/');
    const odd = ['README', 'Readme', '-rf', '--', ':(top)x', '*', ' ', '~', '"', '\t', '\n', '#', '!', '\\'];
    repository.write(Object.fromEntries([...odd, long, `${deep}/f`].map((name) => [name, 'x\n'])));
    const captured = await s.capture(repository.path);
    expect((await paths(captured)).sort()).toEqual(['a', ...odd, long, `${deep}/f`].sort());
    for (const name of odd) rmSync(join(repository.path, name));
    expect((await paths(await s.capture(repository.path))).sort()).toEqual(['a', long, `${deep}/f`].sort());
  });

  test('names pipes and sockets, new or in place of a file, and takes the rest', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n', b: '2\n', '.gitignore': 'ignored/\n' });
    rmSync(join(repository.path, 'b'));
    mkdirSync(join(repository.path, 'ignored'));
    mkdirSync(join(repository.path, 'sub'));
    for (const name of ['b', 'sub/pipe', 'ignored/pipe'])
      execFileSync('mkfifo', [join(repository.path, name)]);
    const server = createServer().listen(join(repository.path, 'socket'));
    await once(server, 'listening');
    const captured = await s.capture(repository.path);
    server.close();
    expect(await paths(captured)).toEqual(['.gitignore', 'a']);
    expect(captured.snapshot.notCaptured.map(({ path, why }) => `${why} ${path}`).sort()).toEqual([
      'special b',
      'special socket',
      'special sub/pipe',
    ]);
  });

  test('follows files that become folders and links, and back', async () => {
    using s = scratch();
    const repository = s.repository({ 'd/x': '1\n', 'd/y': '1\n', f: '1\n', 'kept/k': '1\n' });
    await s.capture(repository.path);
    rmSync(join(repository.path, 'd'), { recursive: true });
    rmSync(join(repository.path, 'f'));
    symlinkSync('kept', join(repository.path, 'd'));
    repository.write({ 'f/inside': '1\n' });
    expect(await paths(await s.capture(repository.path))).toEqual(['d', 'f/inside', 'kept/k']);
    rmSync(join(repository.path, 'd'));
    rmSync(join(repository.path, 'f'), { recursive: true });
    repository.write({ 'd/x': '1\n', f: '1\n' });
    expect(await paths(await s.capture(repository.path))).toEqual(['d/x', 'f', 'kept/k']);
  });

  test('of a tree in which files come and go meanwhile is taken all the same', async () => {
    using s = scratch();
    const repository = s.repository(
      Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`f${n}`, `${n}\n`])),
    );
    const loop = `while :; do for n in 1 2 3 4 5 6 7 8 9; do echo $n > new$n; mkdir -p d$n; echo > d$n/x; done; rm -rf new* d*; done`;
    const child = spawn('sh', ['-c', loop], { cwd: repository.path, stdio: 'ignore' });
    try {
      for (let round = 0; round < 10; round += 1) {
        const captured = await s.capture(repository.path);
        expect(await contentOf(captured, 'f7')).toBe('7\n');
      }
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  test('takes a file of 300 MB, which is read once', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    const large = join(repository.path, 'large');
    closeSync(openSync(large, 'w'));
    truncateSync(large, 300_000_000);
    appendFileSync(large, 'end');
    // Old enough that git need not look again.
    utimesSync(large, new Date(0), new Date(1_000_000));
    const began = performance.now();
    const first = await s.capture(repository.path);
    const reading = performance.now() - began;
    expect(first.snapshot.bytes).toBe(300_000_003);
    const before = performance.now();
    const second = await s.capture(repository.path);
    expect(second.snapshot.tree).toBe(first.snapshot.tree);
    expect(performance.now() - before).toBeLessThan(reading);
  });

  test('of a repository of somebody else is refused in git’s own words', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    const bin = join(s.root, 'bin');
    mkdirSync(bin);
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const script = `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec ${git} "$@"\n`;
    writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
    s.env['PATH'] = `${bin}:${s.env['PATH']}`;
    await expect(s.capture(repository.path)).rejects.toMatchObject({
      message: expect.stringContaining('dubious ownership'),
      hint: expect.any(String),
    });
  });
});
