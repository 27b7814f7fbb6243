import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyResult } from '../../src/apply/apply-result.ts';
import { actionContext, finishTask, servicesFor } from '../support/finished-task.ts';
import {
  contentOf,
  fingerprint,
  paths,
  scratch,
  type Scratch,
  type TestRepository,
} from '../support/repository.ts';

/** A repository with a filter like that of Git LFS: a pointer is committed, the content kept beside the repository. */
function withLargeFiles(s: Scratch): { repository: TestRepository; mark: string } {
  const store = join(s.root, 'store');
  const mark = join(s.root, 'ran');
  const clean = join(s.root, 'clean.sh');
  const smudge = join(s.root, 'smudge.sh');
  writeFileSync(
    clean,
    `#!/bin/sh\ntouch ${mark}\nmkdir -p ${store}\ncat >${store}/tmp\nid=$(sha256sum <${store}/tmp | cut -c1-64)\nsize=$(stat -c %s ${store}/tmp)\nmv ${store}/tmp ${store}/$id\nprintf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' $id $size\n`,
    { mode: 0o755 },
  );
  writeFileSync(
    smudge,
    `#!/bin/sh\ntouch ${mark}\nread -r _\nread -r _ id\ncat "${store}/\${id#sha256:}"\n`,
    {
      mode: 0o755,
    },
  );
  const repository = s.repository();
  repository.git('config', 'filter.lfs.clean', clean);
  repository.git('config', 'filter.lfs.smudge', smudge);
  repository.git('config', 'filter.lfs.required', 'true');
  repository.write({
    '.gitattributes': '*.bin filter=lfs -text\n',
    'a.bin': 'content of a\n',
    'deep/b.bin': 'content of b\n',
    plain: 'p\n',
  });
  repository.git('add', '-A');
  repository.git('commit', '-qm', 'first');
  rmSync(mark);
  return { repository, mark };
}

test.each(['', 'and the program of the filter is not here', 'and nothing says what the filter is'])(
  'files that a filter keeps elsewhere go along as they are, and no filter is run %s',
  async (circumstance) => {
    using s = scratch();
    const { repository, mark } = withLargeFiles(s);
    if (circumstance.includes('program')) rmSync(join(s.root, 'clean.sh'));
    if (circumstance.includes('nothing')) repository.git('config', '--remove-section', 'filter.lfs');
    const before = fingerprint(join(repository.path, '.git'));
    const first = await s.capture(repository.path);
    expect(await contentOf(first, 'a.bin')).toBe('content of a\n');
    expect(first.snapshot).toMatchObject({ base: { dirty: 0, untracked: 0 }, notCaptured: [] });
    repository.write({ 'a.bin': 'changed\n', 'new.bin': 'new\n' });
    rmSync(join(repository.path, 'deep/b.bin'));
    const second = await s.capture(repository.path);
    expect(await paths(second)).toEqual(['.gitattributes', 'a.bin', 'new.bin', 'plain']);
    expect(await contentOf(second, 'a.bin')).toBe('changed\n');
    expect(await contentOf(second, 'new.bin')).toBe('new\n');
    expect(second.snapshot.base).toMatchObject({ dirty: 2, untracked: 1 });
    expect(existsSync(mark)).toBe(false);
    expect(fingerprint(join(repository.path, '.git'))).toEqual(before);
  },
);

test('pointers that were never made whole go along as pointers', async () => {
  using s = scratch();
  const { repository } = withLargeFiles(s);
  repository.git(
    '-c',
    'filter.lfs.smudge=',
    '-c',
    'filter.lfs.required=false',
    'clone',
    '-q',
    '.',
    '../clone',
  );
  expect(await contentOf(await s.capture(join(s.root, 'clone')), 'a.bin')).toMatch(
    /^version .*\noid sha256:\w{64}\nsize 13\n$/,
  );
});

test('a result comes back as contents; a branch of it has pointers for what the task left alone', async () => {
  using s = scratch();
  const { repository, mark } = withLargeFiles(s);
  const finished = await finishTask(s, repository.path, (work) => {
    expect(readFileSync(join(work.path, 'a.bin'), 'utf8')).toBe('content of a\n');
    work.write({ 'deep/b.bin': 'from the task\n', plain: 'p2\n' });
  });
  const context = actionContext(repository.path, s.env);
  await applyResult(servicesFor(finished), finished.task, { branch: 'result' }, context);
  expect(repository.git('diff', '--name-only', 'main', 'result')).toBe('deep/b.bin\nplain\n');
  await applyResult(servicesFor(finished), finished.task, {}, context);
  expect(readFileSync(join(repository.path, 'deep/b.bin'), 'utf8')).toBe('from the task\n');
  expect(readFileSync(join(repository.path, 'a.bin'), 'utf8')).toBe('content of a\n');
  expect(existsSync(mark)).toBe(false);
});
