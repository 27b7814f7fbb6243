import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countChanges } from '../../src/repositories/changes.ts';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';

const repo = 'abcdefgh12345678';
let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');

describe('a file that was renamed', () => {
  it('is one change, with what was edited in it, and what it was called', async () => {
    host.write('a b.txt', text);
    host.write('kept', 'kept\n');
    host.write('same', 'the same\n');
    const before = await host.submit('true');
    host.write('lib/ä.txt', text.replace('line 7', 'line seven'));
    host.write('moved', 'the same\n');
    host.write('kept', 'edited\n');
    for (const name of ['a b.txt', 'same']) rmSync(join(host.root, name));
    const after = await host.submit('true');
    const diff = await host.repositories.diff(repo, before.snapshot, after.snapshot);
    expect(diff.files).toEqual([
      { path: 'kept', insertions: 1, deletions: 1, status: 'modified' },
      { path: 'lib/ä.txt', from: 'a b.txt', insertions: 1, deletions: 1, status: 'renamed' },
      { path: 'moved', from: 'same', insertions: 0, deletions: 0, status: 'renamed' },
    ]);
    const { remote } = await host.repositories.locate(repo);
    expect(await countChanges(remote, before.snapshot, after.snapshot)).toEqual({
      files: 3,
      insertions: 2,
      deletions: 2,
    });
    // What is read can be applied.
    host.git('read-tree', before.snapshot);
    host.write('../patch', diff.patch);
    host.git('apply', '--cached', join(host.home, 'patch'));
    expect(host.git('write-tree')).toBe(host.git('rev-parse', `${after.snapshot}^{tree}`));
  });

  it('is found beside one that is no text, whose patch is binary', async () => {
    host.write('crlf', text.replaceAll('\n', '\r\n'));
    host.write('latin', 'x\n');
    const before = await host.submit('true');
    host.write('lf', text);
    host.write('latin', Buffer.from('gr\xfcn\n', 'latin1'));
    rmSync(join(host.root, 'crlf'));
    const after = await host.submit('true');
    const { files, patch, cut } = await host.repositories.diff(repo, before.snapshot, after.snapshot);
    expect(files.map(({ path, status }) => `${status} ${path}`)).toEqual(['modified latin', 'renamed lf']);
    expect(cut).toBeUndefined();
    expect(patch).toContain('GIT binary patch');
    expect(patch).toContain('rename from crlf\nrename to lf\n');
  });

  it('has a whole patch where it is no text itself, and less alike when taken for binary', async () => {
    const latin = text.replaceAll('line', 'gr\u00fcn');
    host.write('a b.crlf', Buffer.from(latin.replaceAll('\n', '\r\n'), 'latin1'));
    const before = await host.submit('true');
    host.write('lf', Buffer.from(latin.replace('7', 'seven'), 'latin1'));
    host.write('zz', 'behind it\n');
    rmSync(join(host.root, 'a b.crlf'));
    const after = await host.submit('true');
    const { files, patch, cut } = await host.repositories.diff(repo, before.snapshot, after.snapshot);
    expect(files.map(({ path, status }) => `${status} ${path}`)).toEqual(['renamed lf', 'added zz']);
    expect(cut).toBeUndefined();
    host.git('read-tree', before.snapshot);
    host.write('../patch', patch);
    host.git('apply', '--cached', join(host.home, 'patch'));
    expect(host.git('write-tree')).toBe(host.git('rev-parse', `${after.snapshot}^{tree}`));
  });
});

it('looks for no edited file under another name among more than git can compare soon', async () => {
  const names = Array.from({ length: 4 }, (_, number) => `large ${number}`);
  for (const name of [...names, 'same']) {
    host.write(name, name);
    if (name !== 'same') truncateSync(join(host.root, name), 33 * 2 ** 20);
  }
  const before = await host.submit('true');
  for (const name of [...names, 'same']) renameSync(join(host.root, name), join(host.root, `moved ${name}`));
  for (const name of names) truncateSync(join(host.root, `moved ${name}`), 33 * 2 ** 20 + 1);
  const after = await host.submit('true');
  const { files, patch } = await host.repositories.diff(repo, before.snapshot, after.snapshot);
  const listed = [...names.map((name) => `deleted ${name}`), ...names.map((name) => `added moved ${name}`)];
  expect(files.map(({ path, status }) => `${status} ${path}`)).toEqual([...listed, 'renamed moved same']);
  expect(patch).not.toMatch(/^rename from large/m);
  const { remote } = await host.repositories.locate(repo);
  expect(await countChanges(remote, before.snapshot, after.snapshot)).toMatchObject({ files: 9 });
});

it('says of what is renamed whether it is a link', async () => {
  symlinkSync('inside', join(host.root, 'link'));
  host.write('file', text);
  const before = await host.submit('true');
  for (const name of ['link', 'file']) renameSync(join(host.root, name), join(host.root, `moved ${name}`));
  const after = await host.submit('true');
  expect((await host.repositories.diff(repo, before.snapshot, after.snapshot)).files).toEqual([
    { path: 'moved file', from: 'file', insertions: 0, deletions: 0, status: 'renamed' },
    { path: 'moved link', from: 'link', insertions: 0, deletions: 0, status: 'renamed', link: true },
  ]);
});

describe('a large diff', () => {
  it('is cut where it is long, after a whole file, and says so', async () => {
    const before = await host.submit('true');
    const line = `${'x'.repeat(99)}\n`;
    for (const name of ['a', 'b', 'c']) host.write(name, `${name}\n${line.repeat(70_000)}`);
    const after = await host.submit('true');
    const diff = await host.repositories.diff(repo, before.snapshot, after.snapshot);
    expect(diff.files.map(({ path, insertions }) => `${path} ${insertions}`)).toEqual([
      'a 70001',
      'b 70001',
      'c 70001',
    ]);
    expect(diff.cut).toBe('the patch is cut after 16 MB; the result itself is whole');
    expect(diff.patch.endsWith(`\n# ${diff.cut}\n`)).toBe(true);
    // What is there can be applied.
    host.write('../patch', diff.patch);
    for (const name of ['a', 'b', 'c']) rmSync(join(host.root, name));
    host.git('apply', join(host.home, 'patch'));
    expect(readdirSync(host.root).filter((name) => name !== '.git')).toEqual(['a', 'b']);
  });

  it('leaves out what git would have to take into memory, and looks for no renames that were edited', async () => {
    for (const name of ['old', 'same']) host.write(name, `${name}\n${text}`);
    const before = await host.submit('true');
    renameSync(join(host.root, 'old'), join(host.root, 'new'));
    renameSync(join(host.root, 'same'), join(host.root, 'again'));
    host.write('new', text);
    host.write('a', 'a\n');
    for (const name of ['huge', 'z']) host.write(name, '');
    truncateSync(join(host.root, 'huge'), 65 * 2 ** 20);
    const after = await host.submit('true');
    const diff = await host.repositories.diff(repo, before.snapshot, after.snapshot);
    expect(diff.files.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'a added',
      'again renamed',
      'huge added',
      'new added',
      'old deleted',
      'z added',
    ]);
    expect(diff.cut).toContain('before "huge", which is too large');
    expect(diff.patch.match(/^diff --git .*$/gm)).toEqual([
      'diff --git a/a b/a',
      'diff --git a/same b/again',
    ]);
  });

  it('has both halves of a file that became a link, before one that is left out', async () => {
    host.write('a', 'a\n');
    const before = await host.submit('true');
    rmSync(join(host.root, 'a'));
    symlinkSync('b', join(host.root, 'a'));
    host.write('huge', '');
    truncateSync(join(host.root, 'huge'), 65 * 2 ** 20);
    const after = await host.submit('true');
    const { patch } = await host.repositories.diff(repo, before.snapshot, after.snapshot);
    expect(patch.match(/^(deleted|new) file mode .*$/gm)).toEqual([
      'deleted file mode 100644',
      'new file mode 120000',
    ]);
  });

  it('lists so many files, and says that there are more', async () => {
    const before = await host.submit('true');
    const blob = host.git('hash-object', '-w', '/dev/null');
    const entries = Array.from({ length: 10_001 }, (_, index) => `100644 blob ${blob}\t${index}\n`);
    const made = execFileSync('git', ['mktree'], { cwd: host.root, input: entries.join('') });
    const commit = host.git('commit-tree', made.toString().trim(), '-m', 'many');
    const { remote } = await host.repositories.locate(repo);
    host.git('push', '-q', remote, `${commit}:refs/prefish/snapshots/many`);
    const diff = await host.repositories.diff(repo, before.snapshot, commit);
    expect(diff.files).toHaveLength(10_000);
    expect(diff.cut).toContain('the list is cut after 10000 files');
  });
});
