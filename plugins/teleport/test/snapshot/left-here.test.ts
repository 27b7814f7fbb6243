import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyResult } from '../../src/apply/apply-result.ts';
import { actionContext, finishTask, servicesFor } from '../support/finished-task.ts';
import { paths, scratch } from '../support/repository.ts';

test('what a .prefishignore names stays here, tracked or not, at any level and by the rules of .gitignore', async () => {
  using s = scratch();
  const repository = s.repository({
    a: '1\n',
    'data/big': 'tracked\n',
    'data/small': 'tracked\n',
    'sub/only': '1\n',
    only: '1\n',
    '.gitignore': 'node_modules/\nsecret.pem\n',
    '.prefishignore': '/data/*\n!/data/small\n*.log\nnode_modules/\nsecret.pem\nnested/\n/whole/*\n',
  });
  repository.write({
    'data/new': 'x',
    'whole/one': 'x',
    'whole/deep/two': 'x',
    'x/y.log': 'x',
    'x/y': 'x',
    'sub/.prefishignore': '/only\n',
    'node_modules/m/i.js': 'x',
    'secret.pem': 'x',
    'data/big': 'changed\n',
  });
  s.repository({ i: 'i\n' }, 'repository/nested');
  for (const _ of [1, 2]) {
    const captured = await s.capture(repository.path);
    expect(await paths(captured)).toEqual([
      '.gitignore',
      '.prefishignore',
      'a',
      'data/small',
      'only',
      'sub/.prefishignore',
      'x/y',
    ]);
    expect(captured.snapshot).toMatchObject({
      base: { dirty: 0, untracked: 2 },
      ignored: { dependencies: [], staying: [] },
      inner: [],
      notCaptured: [],
    });
    expect([...captured.snapshot.left].sort()).toEqual([
      'data/big',
      'data/new',
      'nested',
      'node_modules',
      'secret.pem',
      'sub/only',
      'whole',
      'x/y.log',
    ]);
  }
  repository.write({ '.prefishignore': '' });
  expect(await paths(await s.capture(repository.path))).toContain('data/big');
});

test('a result is no deletion of what stayed here', async () => {
  using s = scratch();
  const repository = s.repository({ a: '1\n', 'data/big': 'tracked\n', '.prefishignore': 'data/\n' });
  repository.write({ 'data/new': 'x' });
  const finished = await finishTask(s, repository.path, (work) => work.write({ a: '2\n' }));
  const context = actionContext(repository.path, s.env);
  await applyResult(servicesFor(finished), finished.task, {}, context);
  const read = (path: string): string => readFileSync(join(repository.path, path), 'utf8');
  expect([read('a'), read('data/big'), read('data/new')]).toEqual(['2\n', 'tracked\n', 'x']);
  await applyResult(servicesFor(finished), finished.task, { branch: 'result' }, context);
  expect(repository.git('diff', '--name-only', 'main', 'result')).toBe('a\n');
});
