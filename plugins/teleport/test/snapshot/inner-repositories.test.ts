import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyResult } from '../../src/apply/apply-result.ts';
import { undoApply } from '../../src/apply/undo-apply.ts';
import { actionContext, finishTask, servicesFor } from '../support/finished-task.ts';
import {
  at,
  contentOf,
  entries,
  fingerprint,
  paths,
  scratch,
  type Scratch,
  type TestRepository,
} from '../support/repository.ts';

/** A repository with the submodule `sub`, committed and checked out. */
function withSubmodule(s: Scratch): { outer: TestRepository; sub: TestRepository } {
  s.repository({ f: '1\n', 'deep/g': '1\n' }, 'origin');
  const outer = s.repository({ a: '1\n' });
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', '../origin', 'sub');
  outer.git('commit', '-qm', 'with a submodule');
  return { outer, sub: at(join(outer.path, 'sub'), s.env) };
}

describe('a snapshot of a repository with others inside it', () => {
  test('holds the files of a submodule as they are, changed, new and ignored ones too', async () => {
    using s = scratch();
    const { outer, sub } = withSubmodule(s);
    sub.write({ f: 'changed\n', new: 'n\n', '.gitignore': 'out/\nnode_modules/\n.env\n' });
    sub.write({ 'out/x': 'x', 'node_modules/m/i.js': 'x', '.env': 'KEY=1' });
    outer.write({ a: '2\n' });
    const before = fingerprint(join(outer.path, '.git'));
    const captured = await s.capture(outer.path);
    expect(await paths(captured)).toEqual([
      '.gitmodules',
      'a',
      'sub/.gitignore',
      'sub/deep/g',
      'sub/f',
      'sub/new',
    ]);
    expect(await contentOf(captured, 'sub/f')).toBe('changed\n');
    expect(captured.snapshot).toMatchObject({
      base: { dirty: 2, untracked: 2 },
      inner: ['sub'],
      notCaptured: [],
      ignored: { dependencies: ['sub/node_modules'], staying: ['sub/.env'] },
    });
    expect(fingerprint(join(outer.path, '.git'))).toEqual(before);
    const again = await s.capture(outer.path);
    expect(again.snapshot.tree).toBe(captured.snapshot.tree);
  });

  test('can be pushed, and survives the gc of both and a shadow that is damaged', async () => {
    using s = scratch();
    const { outer, sub } = withSubmodule(s);
    sub.write({ f: 'staged\n' });
    sub.git('add', 'f');
    const first = await s.capture(outer.path);
    sub.git('reset', '-q');
    for (const repository of [sub, outer]) {
      repository.git('reflog', 'expire', '--expire=now', '--all');
      repository.git('gc', '-q', '--prune=now');
    }
    writeFileSync(join(first.shadow.folder, 'index'), 'damaged');
    const again = await s.capture(outer.path);
    expect(again.snapshot.tree).toBe(first.snapshot.tree);
    const mirror = at(join(s.root, 'mirror.git'), s.env);
    mkdirSync(mirror.path);
    mirror.git('init', '-q', '--bare');
    await again.shadow.git(['push', '-q', mirror.path, `${again.snapshot.commit}:refs/heads/x`]);
    expect(mirror.git('cat-file', 'blob', 'x:sub/f')).toBe('staged\n');
  });

  test('holds nested repositories, also ones without commits and ones that are nested deeper', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    s.repository({ i: 'i\n' }, 'repository/nested');
    s.repository({ d: 'd\n' }, 'repository/nested/deep/er');
    s.repository({}, 'repository/-empty').write({ f: 'f\n' });
    s.repository({ f: 'f\n' }, 'repository/line\nbreak');
    const captured = await s.capture(repository.path);
    expect(await paths(captured)).toEqual(['-empty/f', 'a', 'nested/deep/er/d', 'nested/i']);
    expect(captured.snapshot.notCaptured).toMatchObject([{ path: 'line\nbreak', why: 'nested-repository' }]);
  });

  test('follows what happens to them: moved on, taken out, gone, a folder of files', async () => {
    using s = scratch();
    const { outer, sub } = withSubmodule(s);
    await s.capture(outer.path);
    sub.write({ f: 'moved on\n' });
    sub.git('commit', '-qam', 'moved on');
    expect(await contentOf(await s.capture(outer.path), 'sub/f')).toBe('moved on\n');
    outer.git('submodule', '--quiet', 'deinit', '-f', 'sub');
    const link = expect.stringMatching(/^160000 \w+ sub$/);
    expect(await entries(await s.capture(outer.path))).toContainEqual(link);
    outer.write({ 'sub/stray': 's\n' });
    const stray = await s.capture(outer.path);
    expect(stray.snapshot.notCaptured).toMatchObject([{ path: 'sub', why: 'submodule' }]);
    rmSync(sub.path, { recursive: true });
    const gone = await s.capture(outer.path);
    expect(await paths(gone)).toEqual(['.gitmodules', 'a']);
    outer.write({ sub: 'a file\n' });
    expect(await contentOf(await s.capture(outer.path), 'sub')).toBe('a file\n');
  });

  test('runs nothing that one of them configures', async () => {
    using s = scratch();
    const { outer, sub } = withSubmodule(s);
    const mark = join(s.root, 'ran');
    const script = join(s.root, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${mark}\ncat\n`, { mode: 0o755 });
    for (const key of ['core.fsmonitor', 'filter.evil.clean', 'filter.evil.process'])
      sub.git('config', key, script);
    sub.write({ f: '2\n', '.gitattributes': '* filter=evil\n' });
    expect(await contentOf(await s.capture(outer.path), 'sub/f')).toBe('2\n');
    expect(existsSync(mark)).toBe(false);
  });

  test('names one that belongs to somebody else, is broken, or claims another folder', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    s.repository({ i: 'i\n' }, 'repository/claims').git('config', 'core.worktree', s.home);
    const foreign = s.repository({ i: 'i\n' }, 'repository/foreign');
    if (process.getuid?.() === 0) {
      for (const path of [foreign.path, join(foreign.path, '.git')]) chownSync(path, 4321, 4321);
    } else rmSync(join(foreign.path, '.git/objects'), { recursive: true });
    const { notCaptured } = (await s.capture(repository.path)).snapshot;
    const named = notCaptured.map(({ path }) => path);
    expect(named).toContain('claims');
    if (process.getuid?.() === 0) expect(named).toContain('foreign');
  });
});

describe('a result', () => {
  test('is brought back into the submodules and nested repositories, without touching their .git', async () => {
    using s = scratch();
    const { outer, sub } = withSubmodule(s);
    s.repository({ n: '1\n' }, 'repository/nested');
    sub.write({ f: 'mine\n' });
    const finished = await finishTask(s, outer.path, (work) => {
      work.write({ a: '2\n', 'sub/deep/g': 'from the task\n', 'sub/made': 'm\n', 'nested/n': '2\n' });
    });
    const gits = [outer.path, join(outer.path, 'nested')].map((folder) => join(folder, '.git'));
    const before = fingerprint(outer.path);
    const gitsBefore = gits.map((folder) => fingerprint(folder));
    const context = actionContext(outer.path, s.env);
    await applyResult(servicesFor(finished), finished.task, {}, context);
    const read = (path: string): string => readFileSync(join(outer.path, path), 'utf8');
    expect([read('a'), read('sub/f'), read('sub/deep/g'), read('sub/made'), read('nested/n')]).toEqual([
      '2\n',
      'mine\n',
      'from the task\n',
      'm\n',
      '2\n',
    ]);
    expect(gits.map((folder) => fingerprint(folder))).toEqual(gitsBefore);
    expect(sub.git('status', '--porcelain')).toContain(' M deep/g');
    await undoApply(servicesFor(finished), finished.task, context);
    expect(fingerprint(outer.path)).toEqual(before);
  });

  test('made a branch has the submodule as a commit, and says what is not in it', async () => {
    using s = scratch();
    const { outer, sub } = withSubmodule(s);
    s.repository({ n: '1\n' }, 'repository/nested');
    sub.write({ f: 'mine\n' });
    const finished = await finishTask(s, outer.path, (work) => {
      work.write({ a: '2\n', 'sub/deep/g': 'from the task\n' });
    });
    const context = actionContext(outer.path, s.env);
    const outcome = await applyResult(servicesFor(finished), finished.task, { branch: 'result' }, context);
    expect(outcome).toMatchObject({ message: expect.stringContaining('sub') });
    expect(outer.git('diff', '--name-only', 'main', 'result')).toBe('a\n');
  });
});
