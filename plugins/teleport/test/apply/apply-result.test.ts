import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '@prefish/core';
import { describe, expect, test } from 'vitest';
import { applyResult, type ApplyOptions } from '../../src/apply/apply-result.ts';
import { undoApply } from '../../src/apply/undo-apply.ts';
import { actionContext, finishTask, servicesFor, type FinishedTask } from '../support/finished-task.ts';
import { fingerprint, scratch } from '../support/repository.ts';

const apply = (finished: FinishedTask, cwd: string, options: ApplyOptions = {}): Promise<Outcome> =>
  applyResult(servicesFor(finished), finished.task, options, actionContext(cwd, finished.env));
const undo = (finished: FinishedTask, cwd: string): Promise<Outcome> =>
  undoApply(servicesFor(finished), finished.task, actionContext(cwd, finished.env));

describe('apply', () => {
  test('merges into a dirty tree; the index and HEAD stay; undo takes it back to the byte', async () => {
    using s = scratch();
    const repository = s.repository({
      a: '1\n2\n3\n4\n5\n',
      b: 'b\n',
      'gone/x': 'x\n',
      'run.sh': 'r\n',
      kind: 'file\n',
    });
    repository.write({ a: '1\n2\n3\n4\nfive\n', untracked: 'u\n' });
    chmodSync(join(repository.path, 'b'), 0o640);
    const finished = await finishTask(s, repository.path, (work) => {
      work.write({ a: 'one\n2\n3\n4\nfive\n', b: 'changed\n', 'made/deep/f': 'm\n' });
      rmSync(join(work.path, 'gone'), { recursive: true });
      rmSync(join(work.path, 'kind'));
      mkdirSync(join(work.path, 'kind'));
      work.write({ 'kind/of': 'folder\n' });
      chmodSync(join(work.path, 'run.sh'), 0o755);
      symlinkSync('a', join(work.path, 'link'));
    });
    repository.write({ later: 'edited after it was sent\n' });
    repository.git('add', 'later');
    const before = fingerprint(repository.path, { git: true });

    expect(await apply(finished, repository.path)).toMatchObject({
      data: { applied: true, undo: expect.any(String) },
    });
    const read = (path: string): string => readFileSync(join(repository.path, path), 'utf8');
    expect(read('a')).toBe('one\n2\n3\n4\nfive\n');
    expect(read('kind/of')).toBe('folder\n');
    expect(read('later')).toBe('edited after it was sent\n');
    expect(readlinkSync(join(repository.path, 'link'))).toBe('a');
    expect(lstatSync(join(repository.path, 'run.sh')).mode & 0o111).toBe(0o111);
    expect(lstatSync(join(repository.path, 'b')).mode & 0o777).toBe(0o640);
    expect(() => lstatSync(join(repository.path, 'gone'))).toThrow('ENOENT');
    const git = (all: Record<string, string>): [string, string][] =>
      Object.entries(all).filter(([path]) => path.startsWith('.git/'));
    expect(git(fingerprint(repository.path, { git: true }))).toEqual(git(before));

    expect(await undo(finished, repository.path)).toMatchObject({ type: 'ok' });
    expect(fingerprint(repository.path, { git: true })).toEqual(before);
    await expect(undo(finished, repository.path)).rejects.toMatchObject({ code: 'PREFISH_NOTHING_TO_UNDO' });
  });

  test('writes nothing where the folder has become a part of a larger repository', async () => {
    using s = scratch();
    const folder = join(s.root, 'large/part');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'a'), '1\n');
    const finished = await finishTask(s, folder, (work) => work.write({ new: 'n\n' }));
    s.repository({}, 'large');
    const before = fingerprint(join(s.root, 'large'));
    await expect(apply(finished, folder)).rejects.toMatchObject({ code: 'PREFISH_USAGE' });
    expect(fingerprint(join(s.root, 'large'))).toEqual(before);
  });

  test('goes to where the repository was moved, and to no other one', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    const finished = await finishTask(s, repository.path, (work) => work.write({ a: 'task\n' }));
    const moved = join(s.root, 'moved');
    const copy = join(s.root, 'copy');
    const other = s.repository({ a: '2\n' }, 'other');
    cpSync(repository.path, copy, { recursive: true });
    await expect(apply(finished, copy)).rejects.toMatchObject({ hint: `Go there: cd ${repository.path}` });
    renameSync(repository.path, moved);
    await expect(apply(finished, other.path)).rejects.toMatchObject({
      code: 'PREFISH_USAGE',
      message: expect.stringContaining('which is not there'),
    });
    await apply(finished, moved);
    expect(readFileSync(join(moved, 'a'), 'utf8')).toBe('task\n');
    expect(readFileSync(join(copy, 'a'), 'utf8')).toBe('1\n');
    await undo(finished, moved);
    expect(readFileSync(join(moved, 'a'), 'utf8')).toBe('1\n');
  });

  test.each<[string, Record<string, string>, (path: string) => void, string]>([
    ['the same line was edited', { a: 'task\n' }, (path) => writeFileSync(join(path, 'a'), 'mine\n'), 'a'],
    [
      'the file was made here too',
      { new: 'task\n' },
      (path) => writeFileSync(join(path, 'new'), 'mine\n'),
      'new',
    ],
    [
      'an ignored file is in the way',
      { 'x.log': 'task\n' },
      (path) => writeFileSync(join(path, 'x.log'), 'mine\n'),
      'x.log',
    ],
    [
      'an ignored file is where a folder must be',
      { 'x.log/in': 'task\n' },
      (path) => writeFileSync(join(path, 'x.log'), 'mine\n'),
      'x.log',
    ],
    [
      'a link leads out of the tree',
      { 'x.log/in': 'task\n' },
      (path) => symlinkSync('..', join(path, 'x.log')),
      'x.log',
    ],
  ])('changes nothing where %s', async (_name, files, meanwhile, named) => {
    using s = scratch();
    const repository = s.repository({ a: '1\n', b: '1\n', '.gitignore': '*.log\n' });
    const finished = await finishTask(s, repository.path, (work) =>
      work.write({ ...files, b: 'clean change\n' }),
    );
    meanwhile(repository.path);
    const before = fingerprint(repository.path, { git: true });
    const error: unknown = await apply(finished, repository.path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'PREFISH_APPLY_CONFLICT',
      exitCode: 5,
      hint: expect.stringContaining('--branch'),
    });
    expect((error as Error).message).toContain(named);
    expect(fingerprint(repository.path, { git: true })).toEqual(before);
  });

  test('writes what is outside of a sparse checkout too; undo leaves it as sparse as it was', async () => {
    using s = scratch();
    const repository = s.repository({ 'in/a': '1\n', 'out/b': '1\n', 'out/gone': '1\n' });
    repository.git('sparse-checkout', 'set', 'in');
    const finished = await finishTask(s, repository.path, (work) => {
      work.write({ 'in/a': 'task\n', 'out/b': 'task\n' });
      rmSync(join(work.path, 'out/gone'));
    });
    const before = fingerprint(repository.path, { git: true });
    const said: string[] = [];
    const context = actionContext(repository.path, finished.env, said);
    await applyResult(servicesFor(finished), finished.task, {}, context);
    expect(fingerprint(repository.path)).toEqual(fingerprint(join(s.root, `work-${finished.task.id}`)));
    expect(said).toEqual(['out/gone is not checked out here: that it is gone in the result is not applied']);
    await undo(finished, repository.path);
    expect(fingerprint(repository.path, { git: true })).toEqual(before);
  });

  test.each([
    ['a sparse checkout', ['set', 'in']],
    ['one with a sparse index', ['set', '--sparse-index', 'in']],
  ])('takes back what git has seen outside of %s', async (_, sparse) => {
    using s = scratch();
    const repository = s.repository({ 'in/a': '1\n', 'out/b': '1\n', 'out/c': '1\n' });
    repository.git('sparse-checkout', ...sparse);
    repository.write({ 'in/a': 'staged\n' });
    repository.git('add', 'in/a');
    repository.write({ 'in/a': 'edited\n' });
    const listed = (): string => repository.git('ls-files', '-s', '-t');
    const before = { index: listed(), status: repository.git('status', '--porcelain') };
    const finished = await finishTask(s, repository.path, (work) => work.write({ 'out/b': 'task\n' }));
    await apply(finished, repository.path);
    // git then takes the file for one that is checked out.
    expect(repository.git('status', '--porcelain')).toBe(`${before.status} M out/b\n`);
    await undo(finished, repository.path);
    expect({ index: listed(), status: repository.git('status', '--porcelain') }).toEqual(before);
  });

  test('makes no branch of a result in a repository whose ids are those of sha256, and says so', async () => {
    using s = scratch();
    const repository = s.repository();
    rmSync(join(repository.path, '.git'), { recursive: true });
    repository.git('init', '-q', '--object-format=sha256');
    repository.write({ a: '1\n' });
    const finished = await finishTask(s, repository.path, (work) => work.write({ a: 'task\n' }));
    await expect(apply(finished, repository.path, { branch: 'x' })).rejects.toMatchObject({
      code: 'PREFISH_USAGE',
      message: expect.stringContaining('sha256'),
    });
    await apply(finished, repository.path);
    expect(readFileSync(join(repository.path, 'a'), 'utf8')).toBe('task\n');
  });

  test('of a task that did not complete says so', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    const finished = await finishTask(s, repository.path, (work) => work.write({ a: '2\n' }));
    const failed = { ...finished, task: { ...finished.task, state: 'failed' as const } };
    expect(await apply(failed, repository.path)).toMatchObject({
      message: '1 file changed · the task had failed · prefish tasks undo 1 takes it back',
    });
  });

  test('names the id where a task of another server may have the same number', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n', b: '1\n' });
    const finished = await finishTask(s, repository.path, (work) => work.write({ a: '2\n' }));
    const { id } = finished.task;
    const one = servicesFor(finished);
    const services = { ...one, servers: [one.server, { ...one.server, id: 'https://else.example' }] };
    const apply = (): Promise<Outcome> =>
      applyResult(services, finished.task, {}, actionContext(repository.path, finished.env));
    expect(await apply()).toMatchObject({
      message: `1 file changed · prefish tasks undo ${id} takes it back`,
    });
    repository.write({ a: '3\n' });
    await expect(apply()).rejects.toMatchObject({
      message: 'a was changed both here and in the task; nothing of task 1 was applied',
      hint: expect.stringContaining(`prefish tasks apply ${id} --branch NAME`),
    });
    await expect(undo(finished, repository.path)).rejects.toMatchObject({
      code: 'PREFISH_UNDO_CONFLICT',
      hint: expect.stringContaining('prefish tasks diff 1 '),
    });
  });

  test('--markers writes the conflict, and undo takes it back', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    const finished = await finishTask(s, repository.path, (work) => work.write({ a: 'task\n' }));
    repository.write({ a: 'mine\n' });
    const before = fingerprint(repository.path);
    await apply(finished, repository.path, { markers: true });
    expect(readFileSync(join(repository.path, 'a'), 'utf8')).toMatch(
      /<<<<<<< yours\n[^]*mine[^]*=======[^]*task[^]*>>>>>>> task-1\n/,
    );
    await undo(finished, repository.path);
    expect(fingerprint(repository.path)).toEqual(before);
  });

  test('--branch leaves the tree alone and stands on its own', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    repository.write({ wip: 'w\n' });
    const finished = await finishTask(s, repository.path, (work) => work.write({ a: 'task\n' }));
    const before = fingerprint(repository.path);
    await apply(finished, repository.path, { branch: 'result' });
    expect(fingerprint(repository.path)).toEqual(before);
    rmSync(finished.mirror, { recursive: true });
    rmSync(s.folders.cache, { recursive: true });
    repository.git('gc', '-q', '--prune=now');
    repository.git('fsck', '--full', '--strict');
    expect(repository.git('show', 'result:a')).toBe('task\n');
    expect(repository.git('diff', '--name-only', 'main', 'result~1')).toBe('wip\n');
    expect(repository.git('status', '--porcelain')).toBe('?? wip\n');
    for (const branch of ['main', 'bad..name']) {
      await expect(apply(finished, repository.path, { branch })).rejects.toBeDefined();
    }
  });

  test('writes line ends as this repository checks files out', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n2\n', '.gitattributes': '* text eol=crlf\n' });
    rmSync(join(repository.path, 'a'));
    repository.git('checkout', '-q', 'a');
    const before = fingerprint(repository.path);
    const finished = await finishTask(s, repository.path, (work) =>
      work.write({ a: 'one\r\n2\r\n', new: 'n\r\n' }),
    );
    await apply(finished, repository.path);
    expect(readFileSync(join(repository.path, 'a'), 'latin1')).toBe('one\r\n2\r\n');
    expect(readFileSync(join(repository.path, 'new'), 'latin1')).toBe('n\r\n');
    await undo(finished, repository.path);
    expect(fingerprint(repository.path)).toEqual(before);
  });

  test('keeps names that are not UTF-8, from a sub-folder, after gc and an amended HEAD', async () => {
    using s = scratch();
    const repository = s.repository({ 'sub/a': '1\n' });
    const odd = Buffer.from('new\nline caf\xe9', 'latin1');
    writeFileSync(Buffer.concat([Buffer.from(`${repository.path}/`), odd]), 'before\n');
    const finished = await finishTask(s, repository.path, (work) => {
      writeFileSync(Buffer.concat([Buffer.from(`${work.path}/`), odd]), 'after\n');
    });
    repository.git('commit', '--amend', '-qm', 'amended', '--allow-empty');
    repository.git('reflog', 'expire', '--expire=now', '--all');
    repository.git('gc', '-q', '--prune=now');
    await apply(finished, join(repository.path, 'sub'));
    expect(readFileSync(Buffer.concat([Buffer.from(`${repository.path}/`), odd]), 'utf8')).toBe('after\n');
  });

  test('works outside git, and in no other folder', async () => {
    using s = scratch();
    const plain = join(s.root, 'plain');
    mkdirSync(join(plain, 'sub'), { recursive: true });
    writeFileSync(join(plain, 'sub', 'a'), '1\n');
    const finished = await finishTask(s, plain, (work) => work.write({ 'sub/a': '2\n' }));
    const other = s.repository({ x: 'x\n' }, 'other');
    await expect(apply(finished, other.path)).rejects.toMatchObject({ code: 'PREFISH_USAGE' });
    await apply(finished, join(plain, 'sub'));
    expect(readFileSync(join(plain, 'sub', 'a'), 'utf8')).toBe('2\n');
    await expect(undo(finished, other.path)).rejects.toMatchObject({
      code: 'PREFISH_USAGE',
      hint: `Go there: cd ${plain}`,
    });
    await undo(finished, join(plain, 'sub'));
    expect(readFileSync(join(plain, 'sub', 'a'), 'utf8')).toBe('1\n');
  });
});

describe('undo', () => {
  test('keeps edits made since, needs no repository, and changes nothing in a conflict', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n2\n3\n4\n5\n', b: '1\n' });
    const finished = await finishTask(s, repository.path, (work) =>
      work.write({ a: 'task\n2\n3\n4\n5\n', b: 'task\n' }),
    );
    await apply(finished, repository.path);
    rmSync(join(repository.path, '.git'), { recursive: true });
    repository.write({ a: 'task\n2\n3\n4\nmine\n', b: 'task and mine\n' });
    const before = fingerprint(repository.path);
    await expect(undo(finished, repository.path)).rejects.toMatchObject({
      code: 'PREFISH_UNDO_CONFLICT',
      exitCode: 5,
      message: expect.stringContaining('b '),
    });
    expect(fingerprint(repository.path)).toEqual(before);
    repository.write({ b: 'task\n' });
    await undo(finished, repository.path);
    expect(readFileSync(join(repository.path, 'a'), 'utf8')).toBe('1\n2\n3\n4\nmine\n');
    expect(readFileSync(join(repository.path, 'b'), 'utf8')).toBe('1\n');
  });

  test('touches nothing behind a link that has taken the place of a folder since', async () => {
    using s = scratch();
    const repository = s.repository({ 'd/x': '1\n' });
    const finished = await finishTask(s, repository.path, (work) =>
      work.write({ 'd/x': '2\n', 'd/y': 'new\n' }),
    );
    await apply(finished, repository.path);
    renameSync(join(repository.path, 'd'), join(s.root, 'outside'));
    symlinkSync('../outside', join(repository.path, 'd'));
    const before = [fingerprint(repository.path), fingerprint(join(s.root, 'outside'))];
    await expect(undo(finished, repository.path)).rejects.toMatchObject({ code: 'PREFISH_UNDO_CONFLICT' });
    expect([fingerprint(repository.path), fingerprint(join(s.root, 'outside'))]).toEqual(before);
  });

  test('of a folder that was moved away is possible once it is back', async () => {
    using s = scratch();
    const repository = s.repository({ a: '1\n' });
    const before = fingerprint(repository.path);
    const finished = await finishTask(s, repository.path, (work) => work.write({ new: 'n\n' }));
    await apply(finished, repository.path);
    const elsewhere = join(s.root, 'elsewhere');
    renameSync(repository.path, elsewhere);
    await expect(undo(finished, elsewhere)).rejects.toMatchObject({ code: 'PREFISH_UNDO_CONFLICT' });
    renameSync(elsewhere, repository.path);
    await undo(finished, repository.path);
    expect(fingerprint(repository.path)).toEqual(before);
  });
});
