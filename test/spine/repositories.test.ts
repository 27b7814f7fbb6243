import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { fingerprint, finished, outputOf, submit } from '../support/tasks.ts';

/** Runs a line in a task and resolves with what it printed; checks that nothing here changed. */
async function inTask(home: SandboxHome, cwd: string, line: string): Promise<string> {
  const before = await fingerprint(cwd);
  const id = await submit(home, line, { cwd });
  const task = await finished(home, id);
  const output = await outputOf(home, id);
  expect(task, output).toMatchObject({ state: 'completed' });
  expect(await fingerprint(cwd)).toEqual(before);
  return output;
}

describe('repositories of every kind', () => {
  test('without a commit', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository();
    await repository.write({ 'a.txt': 'a\n' });
    await repository.git('add', 'a.txt');
    expect(await inTask(t, repository.path, '!cat a.txt; git status --short')).toBe('a\n?? a.txt\n');
  });

  test('detached', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'a\n' });
    await repository.git('checkout', '-q', '--detach');
    expect(await inTask(t, repository.path, '!git symbolic-ref -q HEAD || echo detached')).toBe('detached\n');
  });

  test('in the middle of a merge', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'a\n' });
    await repository.git('switch', '-qc', 'other');
    await repository.write({ 'a.txt': 'other\n' });
    await repository.git('commit', '-qam', 'other');
    await repository.git('switch', '-q', 'main');
    await repository.write({ 'a.txt': 'mine\n' });
    await repository.git('commit', '-qam', 'mine');
    await repository.git('merge', 'other').catch(() => {});
    expect(await inTask(t, repository.path, '!cat a.txt')).toMatch(/<<<<<<<[^]*mine[^]*other[^]*>>>>>>>/);
  });

  test('sparse', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'in/a.txt': 'a\n', 'out/b.txt': 'b\n' });
    await repository.git('sparse-checkout', 'set', 'in');
    await repository.write({ 'in/a.txt': 'changed\n', 'out/new.txt': 'outside the cone\n' });
    expect(await inTask(t, repository.path, '!cat in/a.txt out/new.txt')).toBe('changed\noutside the cone\n');
  });

  test('a linked worktree', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'a\n' });
    const worktree = join(t.root, 'linked');
    await repository.git('worktree', 'add', '-q', '-b', 'side', worktree);
    await writeFile(join(worktree, 'a.txt'), 'side\n');
    expect(await inTask(t, worktree, '!cat a.txt; git branch --show-current')).toBe('side\nside\n');
  });

  test('no repository at all, with its dependencies', async () => {
    await using t = await sandboxHome();
    const folder = join(t.root, 'plain');
    await mkdir(join(folder, 'node_modules', 'x'), { recursive: true });
    await writeFile(join(folder, 'a.txt'), 'a\n');
    await writeFile(join(folder, 'node_modules', 'x', 'index.js'), 'x\n');
    expect(
      await inTask(t, folder, '!cat a.txt node_modules/x/index.js; ls -a | grep -c "^.git$"; true'),
    ).toBe('a\nx\n0\n');
    const id = await submit(t, '!echo b >> a.txt', { cwd: folder });
    await finished(t, id);
    expect(await t.prefish(['tasks', 'apply', id], { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('a\nb\n');
  });

  test('a home folder is not sent as a whole', async () => {
    await using t = await sandboxHome();
    expect(await t.prefish(['-c', '& !true'], { cwd: t.home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PREFISH_SNAPSHOT_REFUSED'),
    });
  });

  test('odd names, modes, links and both kinds of line end', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({
      'with space.txt': '1\n',
      'new\nline': '2\n',
      'crlf.txt': 'a\r\nb\r\n',
      'tool.sh': '#!/bin/sh\necho ran\n',
    });
    await chmod(join(repository.path, 'tool.sh'), 0o755);
    await symlink('with space.txt', join(repository.path, 'link'));
    await symlink('nowhere', join(repository.path, 'dangling'));
    expect(
      await inTask(t, repository.path, '!./tool.sh; cat link "new"*; wc -c < crlf.txt; readlink dangling'),
    ).toBe('ran\n1\n2\n6\nnowhere\n');
    const id = await submit(
      t,
      `!printf 'c\\r\\n' >> crlf.txt; chmod -x tool.sh; rm link; ln -s elsewhere link; mkdir -p deep/er; echo x > deep/er/x`,
      { cwd: repository.path },
    );
    await finished(t, id);
    const before = await fingerprint(repository.path);
    expect(await t.prefish(['tasks', 'apply', id], { cwd: repository.path })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('link is a link to elsewhere'),
    });
    expect(await readFile(join(repository.path, 'crlf.txt'), 'latin1')).toBe('a\r\nb\r\nc\r\n');
    expect((await repository.git('status', '--short')).split('\n')).toContain('?? deep/');
    expect(await t.prefish(['tasks', 'undo', id], { cwd: repository.path })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const after = await fingerprint(repository.path);
    for (const name of Object.keys(after)) if (name.startsWith('.git/')) delete after[name];
    for (const name of Object.keys(before)) if (name.startsWith('.git/')) delete before[name];
    expect(after).toEqual(before);
  });

  test('nested repositories and unreadable files are named before anything is sent', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'a\n' });
    await mkdir(join(repository.path, 'vendor', 'inner'), { recursive: true });
    await repository.write({ 'vendor/inner/x.txt': 'x\n' });
    await repository.git('-C', 'vendor/inner', 'init', '-q');
    const run = await t.prefish(['-c', '& --dry-run !true'], { cwd: repository.path });
    expect(run.code).toBe(0);
    expect(run.stdout + run.stderr).toContain('vendor/inner');
    expect(await inTask(t, repository.path, '!cat a.txt')).toBe('a\n');
  });

  test('20,000 files', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository();
    for (let folder = 0; folder < 200; folder++) {
      await mkdir(join(repository.path, `d${folder}`), { recursive: true });
      await Promise.all(
        Array.from({ length: 100 }, (_, file) =>
          writeFile(join(repository.path, `d${folder}`, `f${file}`), `${folder} ${file}\n`),
        ),
      );
    }
    await repository.git('add', '-A');
    await repository.git('commit', '-qm', 'many');
    await rm(join(repository.path, 'd0'), { recursive: true });
    await repository.write({ 'd1/f1': 'changed\n' });
    const id = await submit(
      t,
      '!find . -type f -not -path "./.git/*" | wc -l; cat d1/f1; echo task >> d2/f2',
      { cwd: repository.path },
    );
    await finished(t, id);
    expect((await outputOf(t, id)).trim().split(/\s+/)).toEqual(['19900', 'changed']);
    expect(await t.prefish(['tasks', 'apply', id], { cwd: repository.path })).toMatchObject({ code: 0 });
    expect(await readFile(join(repository.path, 'd2/f2'), 'utf8')).toBe('2 2\ntask\n');
  });
});
