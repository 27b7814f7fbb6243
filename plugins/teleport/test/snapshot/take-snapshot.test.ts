import { chmodSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, contentOf, entries, fingerprint, paths, scratch } from '../support/repository.ts';

describe('a snapshot', () => {
  test('holds what is there: staged, changed, deleted, untracked, and nothing that is ignored', async () => {
    using s = scratch();
    const repository = s.repository({
      a: '1\n',
      b: '2\n',
      gone: 'x\n',
      '.gitignore': 'secret\nnode_modules/\n.env\n',
    });
    repository.write({
      a: '1\n2\n',
      b: 'staged\n',
      new: 'n\n',
      'deep/er/new': 'd\n',
      secret: 's',
      '.env': 'KEY=1',
      'node_modules/x/y': 'y',
    });
    repository.git('add', 'b');
    repository.write({ b: 'staged and edited\n' });
    unlinkSync(join(repository.path, 'gone'));
    const before = fingerprint(join(repository.path, '.git'));

    const captured = await s.capture(repository.path);
    expect(await paths(captured)).toEqual(['.gitignore', 'a', 'b', 'deep/er/new', 'new']);
    expect(await contentOf(captured, 'b')).toBe('staged and edited\n');
    expect(captured.snapshot.base).toEqual({
      commit: repository.git('rev-parse', 'HEAD').trim(),
      branch: 'main',
      dirty: 3,
      untracked: 2,
    });
    expect(captured.snapshot.ignored).toMatchObject({
      dependencies: ['node_modules'],
      staying: ['.env', 'secret'],
    });
    expect(fingerprint(join(repository.path, '.git'))).toEqual(before);
    expect(
      (
        await captured.git(['rev-parse', `${captured.snapshot.commit}^`], {
          env: { GIT_DIR: captured.shadow.folder },
        })
      ).stdout
        .toString()
        .trim(),
    ).toBe(captured.snapshot.base.commit);
  });

  test.each(['', '!data/\n!cache/\n!**\n'])(
    'never holds prefish’s own folders, whatever is ignored: %j',
    async (ignored) => {
      using s = scratch();
      const repository = s.repository({ a: '1\n', '.gitignore': ignored }, '.');
      repository.write({ new: 'n\n', 'data/keys.json': '{"KEY":"hush"}', 'data/outbox/1': 'hush' });
      for (const _ of [1, 2]) {
        const captured = await s.capture(join(repository.path, 'home'));
        expect(await paths(captured)).toEqual(['.gitignore', 'a', 'home/.gitconfig', 'new']);
        expect(captured.snapshot.base.untracked).toBe(1);
      }
    },
  );

  test('is the same the second time, and sees what changed since, without the user refreshing anything', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n', 'sub/b': '2\n' });
    const first = await s.capture(join(repository.path, 'sub'));
    expect(first.tree.cwd).toBe('sub');
    const second = await s.capture(repository.path);
    expect(second.snapshot.tree).toBe(first.snapshot.tree);
    expect(second.shadow.repo).toBe(first.shadow.repo);
    repository.write({ a: '2\n' });
    expect(await contentOf(await s.capture(repository.path), 'a')).toBe('2\n');
    repository.git('commit', '-qam', 'second');
    repository.write({ a: '3\n' });
    expect((await s.capture(repository.path)).snapshot.base).toMatchObject({ dirty: 1, untracked: 0 });
  });

  test('keeps odd names, executable bits and links', async () => {
    using s = scratch();
    const repository = s.repository({ plain: 'p\n' });
    writeFileSync(Buffer.from(`${repository.path}/new\nline "quoted" \\ caf\xe9`, 'latin1'), 'odd');
    repository.write({ 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(repository.path, 'run.sh'), 0o755);
    symlinkSync('nowhere/at all', join(repository.path, 'dangling'));
    const lines = await entries(await s.capture(repository.path));
    expect(lines.map((line) => line.replace(/ \w{40} /, ' '))).toEqual([
      '120000 dangling',
      '100644 new\nline "quoted" \\ caf\xe9',
      '100644 plain',
      '100755 run.sh',
    ]);
  });

  test.each([
    ['without commits', [['add', 'a']], { commit: null, branch: 'main', untracked: 1, dirty: 1 }],
    [
      'detached',
      [
        ['add', '-A'],
        ['commit', '-qm', 'x'],
        ['checkout', '-q', '--detach'],
      ],
      { branch: null, dirty: 0, untracked: 0 },
    ],
  ])('works %s', async (_name, commands, base) => {
    using s = scratch();
    const repository = s.repository();
    repository.write({ a: '1\n', b: '2\n' });
    for (const command of commands) repository.git(...command);
    const captured = await s.capture(repository.path);
    expect(await paths(captured)).toEqual(['a', 'b']);
    expect(captured.snapshot.base).toMatchObject(base);
  });

  test('of a merge that is not finished holds the markers, and says so', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    repository.git('checkout', '-qb', 'other');
    repository.write({ a: 'other\n' });
    repository.git('commit', '-qam', 'other');
    repository.git('checkout', '-q', 'main');
    repository.write({ a: 'main\n' });
    repository.git('commit', '-qam', 'main');
    expect(() => repository.git('merge', 'other')).toThrow();
    const before = fingerprint(join(repository.path, '.git'));
    const captured = await s.capture(repository.path);
    expect(captured.snapshot.unmerged).toBe(true);
    expect(await contentOf(captured, 'a')).toContain('<<<<<<<');
    expect(fingerprint(join(repository.path, '.git'))).toEqual(before);
  });

  test('of a sparse checkout keeps what is not checked out, and takes files made outside of it', async () => {
    using s = scratch();
    const repository = s.repository({ 'in/a': '1\n', 'out/b': '2\n', top: 't\n' });
    repository.git('sparse-checkout', 'set', 'in');
    repository.write({ 'out/new': 'n\n' });
    const captured = await s.capture(repository.path);
    expect(await paths(captured)).toEqual(['in/a', 'out/b', 'out/new', 'top']);
    expect(captured.snapshot.base).toMatchObject({ dirty: 0, untracked: 1 });
  });

  test('of a linked work tree is its own', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    repository.git('worktree', 'add', '-q', '../linked', '-b', 'linked');
    const linked = at(join(s.root, 'linked'), s.env);
    linked.write({ b: '2\n' });
    const captured = await s.capture(linked.path);
    expect(await paths(captured)).toEqual(['a', 'b']);
    expect(captured.snapshot.base.branch).toBe('linked');
    expect(captured.shadow.repo).not.toBe((await s.capture(repository.path)).shadow.repo);
  });

  test('sees edits that skip-worktree and assume-unchanged hide', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n', b: '1\n', c: '1\n' });
    repository.git('update-index', '--skip-worktree', 'a');
    repository.git('update-index', '--assume-unchanged', 'b');
    repository.write({ a: 'hidden\n', b: 'hidden\n' });
    const captured = await s.capture(repository.path);
    expect(await contentOf(captured, 'a')).toBe('hidden\n');
    expect(await contentOf(captured, 'b')).toBe('hidden\n');
    expect(repository.git('ls-files', '-v')).toBe('S a\nh b\nH c\n');

    unlinkSync(join(repository.path, 'c'));
    repository.git('update-index', '--skip-worktree', 'c');
    expect(await contentOf(await s.capture(repository.path), 'c')).toBe('1\n');
    repository.write({ c: 'back\n' });
    expect(await contentOf(await s.capture(repository.path), 'c')).toBe('back\n');
  });

  test('reads a split index', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n', b: '2\n' });
    repository.git('update-index', '--split-index');
    repository.write({ c: '3\n' });
    repository.git('add', 'c');
    expect(await paths(await s.capture(repository.path))).toEqual(['a', 'b', 'c']);
  });

  test('stores line ends as the repository wants them', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    repository.git('config', 'core.autocrlf', 'true');
    repository.write({ a: '1\r\n2\r\n' });
    expect(await contentOf(await s.capture(repository.path), 'a')).toBe('1\n2\n');
  });

  test('runs nothing that a repository configures', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n', '.gitattributes': '* filter=evil\n' });
    const mark = join(s.root, 'ran');
    writeFileSync(join(s.root, 'evil.sh'), `#!/bin/sh\ntouch ${mark}\ncat\n`, { mode: 0o755 });
    for (const key of ['core.fsmonitor', 'filter.evil.clean', 'filter.evil.smudge', 'filter.evil.process']) {
      repository.git('config', key, join(s.root, 'evil.sh'));
    }
    repository.write({ a: '2\n' });
    rmSync(mark, { force: true });
    const captured = await s.capture(repository.path);
    expect(await contentOf(captured, 'a')).toBe('2\n');
    expect(() => rmSync(mark)).toThrow('ENOENT');
  });

  test('survives the user’s gc --prune=now, and a shadow that is damaged', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n', b: '1\n' });
    repository.write({ a: 'staged\n' });
    repository.git('add', 'a');
    await s.capture(repository.path);
    repository.git('reset', '-q');
    repository.git('reflog', 'expire', '--expire=now', '--all');
    repository.git('gc', '-q', '--prune=now');
    const captured = await s.capture(repository.path);
    expect(await contentOf(captured, 'a')).toBe('staged\n');
    writeFileSync(join(captured.shadow.folder, 'index'), 'damaged');
    const again = await s.capture(repository.path);
    expect(again.snapshot.tree).toBe(captured.snapshot.tree);
    expect(again.shadow.repo).toBe(captured.shadow.repo);
  });

  test('outside git is the folder without what package managers put there', async () => {
    using s = scratch();
    const folder = at(join(s.root, 'plain'), s.env);
    folder.write({ a: '1\n', 'node_modules/m/i.js': 'x', 'vendor/v': 'kept', '.env': 'x' });
    const captured = await s.capture(folder.path);
    expect(await paths(captured)).toEqual(['.env', 'a', 'vendor/v']);
    expect(captured.snapshot.ignored.dependencies).toEqual(['node_modules']);
    expect(captured.snapshot.base).toEqual({ commit: null, branch: null, dirty: 0, untracked: 3 });
  });

  test('of a home folder, what is above it, a bare repository or a .git folder is refused', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    repository.git('clone', '-q', '--bare', '.', '../bare.git');
    for (const folder of [s.home, s.root, '/', join(s.root, 'bare.git'), join(repository.path, '.git')]) {
      await expect(s.capture(folder)).rejects.toMatchObject({
        code: 'PREFISH_SNAPSHOT_REFUSED',
        hint: expect.any(String),
      });
    }
  });

  test('of a repository whose path holds a line break or no UTF-8 is refused, whatever leads to it', async () => {
    using s = scratch();
    const broken = s.repository({ 'sub/a': '1\n' }, 'line\nbreak');
    symlinkSync(broken.path, join(s.root, 'link'));
    const bytes = Buffer.concat([Buffer.from(`${s.root}/`), Buffer.from([0xff])]);
    mkdirSync(bytes);
    for (const folder of [broken.path, join(s.root, 'link/sub'), bytes.toString()]) {
      await expect(s.capture(folder)).rejects.toMatchObject({
        code: 'PREFISH_SNAPSHOT_REFUSED',
        message: expect.stringContaining('line break or bytes'),
      });
    }
  });

  test('of 20,000 files is right', async () => {
    using s = scratch();
    const files = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [`d${n % 200}/f${n}`, `${n}\n`]),
    );
    const repository = s.repository(files);
    repository.write({ 'd7/f7': 'changed\n' });
    const captured = await s.capture(repository.path);
    expect(captured.snapshot.base).toMatchObject({ dirty: 1, untracked: 0 });
    expect(await paths(captured)).toHaveLength(20_000);
  });
});
