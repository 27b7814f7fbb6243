import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTaskId } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRepositories } from '../../src/repositories/mirrors.ts';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';

const repo = 'abcdefgh12345678';
let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

/** Writes an object into the project that git itself would refuse to make. */
function object(type: string, content: Buffer | string): string {
  const args = ['hash-object', '-w', '--literally', '-t', type, '--stdin'];
  return execFileSync('git', args, { cwd: host.root, input: content, encoding: 'utf8' }).trim();
}

async function push(commit: string, ref = `refs/prefish/snapshots/${createTaskId()}`): Promise<void> {
  const { remote } = await host.repositories.locate(repo);
  host.git('push', '-q', remote, `${commit}:${ref}`);
}

describe('a mirror', () => {
  it('is made once, however many ask for it', async () => {
    const makers = Array.from({ length: 6 }, () => createRepositories({ folder: host.folder }));
    const places = await Promise.all(makers.map((maker) => maker.locate(repo)));
    const remote = join(host.folder, 'repositories', `${repo}.git`);
    for (const place of places) expect(place).toEqual({ repo, remote, objects: join(remote, 'objects') });
    expect(readdirSync(join(host.folder, 'repositories'))).toEqual([`${repo}.git`]);
    expect(host.git(`--git-dir=${remote}`, 'rev-parse', '--is-bare-repository')).toBe('true');
  });

  it('knows what it holds, until it is told to forget', async () => {
    host.write('a', 'a');
    expect(await host.repositories.has(repo, 'f'.repeat(40))).toBe(false);
    const { id, snapshot } = await host.submit('true');
    expect(await host.repositories.has(repo, snapshot)).toBe(true);
    expect(await host.repositories.has(repo, 'f'.repeat(40))).toBe(false);
    expect(await host.repositories.keepSnapshot(repo, id, 'f'.repeat(40))).toBe(false);
    expect(await host.repositories.keepSnapshot(repo, id, snapshot)).toBe(true);
    expect(await host.repositories.keepSnapshot(repo, id, snapshot)).toBe(true);
    for (const attempt of [1, 2]) await host.repositories.keepResult(repo, { id, attempt }, snapshot);
    const { remote } = await host.repositories.locate(repo);
    expect(host.git(`--git-dir=${remote}`, 'for-each-ref', '--format=%(refname)').split('\n')).toEqual([
      'refs/prefish/latest',
      `refs/prefish/results/${id}/1`,
      `refs/prefish/results/${id}/2`,
      `refs/prefish/sent/${id}`,
    ]);
    await host.repositories.forget(repo, id);
    await host.repositories.forget(repo, id);
    await host.repositories.forget('neverseen1', id);
    expect(host.git(`--git-dir=${remote}`, 'for-each-ref', '--format=%(refname)')).toBe(
      'refs/prefish/latest',
    );
  });

  it('tells a push of one ref, however many tasks it keeps, and takes only the difference', async () => {
    const { remote } = await host.repositories.locate(repo);
    for (const name of ['a', 'b', 'c']) {
      host.write(name, name);
      const { id, snapshot } = await host.submit('true');
      await host.repositories.keepSnapshot(repo, id, snapshot);
    }
    const told = execFileSync('git', ['receive-pack', '--http-backend-info-refs', remote], {
      encoding: 'latin1',
    });
    expect(told.match(/refs\/\S+?(?=\0|\n)/g)).toEqual(['refs/prefish/latest']);
  });

  it('keeps snapshots while others hold the locks that all share, and when a crash left them', async () => {
    host.write('a', 'a');
    const { remote } = await host.repositories.locate(repo);
    const locks = ['refs/prefish/latest.lock', 'packed-refs.lock'].map((name) => join(remote, name));
    const keep = async (): Promise<boolean> => {
      const { id, snapshot } = await host.submit('true');
      return host.repositories.keepSnapshot(repo, id, snapshot);
    };
    expect(await keep()).toBe(true);
    for (const lock of locks) writeFileSync(lock, '');
    expect(await keep()).toBe(true);
    expect(locks.map((lock) => existsSync(lock))).toEqual([true, true]);
    for (const lock of locks) utimesSync(lock, 1, 1);
    expect(await keep()).toBe(true);
    expect(locks.map((lock) => existsSync(lock))).toEqual([false, false]);
  });

  it('takes a snapshot again whose own ref a git that was killed has left locked', async () => {
    host.write('a', 'a');
    const { id, snapshot } = await host.submit('true');
    const { remote } = await host.repositories.locate(repo);
    const [sent, pushed] = ['sent', 'snapshots'].map((kind) =>
      join(remote, `refs/prefish/${kind}/${id}.lock`),
    );
    mkdirSync(dirname(sent!), { recursive: true });
    for (const lock of [sent!, pushed!]) writeFileSync(lock, '');
    await expect(host.repositories.keepSnapshot(repo, id, snapshot)).rejects.toMatchObject({
      code: 'PREFISH_GIT_FAILED',
    });
    const again = `${snapshot}:refs/prefish/snapshots/${id}`;
    for (const lock of [sent!, pushed!]) utimesSync(lock, 1, 1);
    await host.repositories.locate(repo);
    host.git('push', '-q', '--force', remote, again);
    expect(await host.repositories.keepSnapshot(repo, id, snapshot)).toBe(true);
    expect([existsSync(sent!), existsSync(pushed!)]).toEqual([false, false]);
  });

  it('takes the harmless faults of old history', async () => {
    host.write('a', 'a');
    const tree = host.git('rev-parse', `${(await host.submit('true')).snapshot}^{tree}`);
    await push(object('commit', `tree ${tree}\nauthor A<a@b> 1 +51800\ncommitter <a@b> 1 +0000\n\nold\n`));
  });

  it('refuses trees that would write into a .git, too much, and whatever is no snapshot', async () => {
    const blob = object('blob', 'x');
    const tree = object('tree', Buffer.concat([Buffer.from('100644 .GIT\0'), Buffer.from(blob, 'hex')]));
    const commit = object('commit', `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n`);
    await expect(push(commit)).rejects.toThrow(/hasDotgit/);

    const small = createRepositories({ folder: join(host.folder, 'small'), packBytes: 1000 });
    host.write('big', Buffer.from(Array.from({ length: 5000 }, () => Math.floor(Math.random() * 256))));
    const { snapshot, id } = await host.submit('true');
    const { remote } = await small.locate(repo);
    expect(() => host.git('push', '-q', remote, `${snapshot}:refs/prefish/snapshots/${id}`)).toThrow(
      /maximum/,
    );

    const { remote: mirror } = await host.repositories.locate(repo);
    await host.repositories.keepSnapshot(repo, id, snapshot);
    expect(() => host.git('push', '-q', mirror, `:refs/prefish/sent/${id}`)).toThrow(/den(y|ied)|hidden/);
    for (const ref of [
      `refs/prefish/results/${id}/1`,
      `refs/prefish/sent/${id}`,
      'refs/heads/main',
      'refs/x',
    ])
      await expect(push(snapshot, ref)).rejects.toThrow(/hidden ref/);
  });

  it('is never outside its folder', async () => {
    await expect(host.repositories.locate('../../x')).rejects.toMatchObject({
      code: 'PREFISH_REQUEST_INVALID',
    });
    await expect(
      host.repositories.keepResult(repo, { id: '../x', attempt: 1 }, 'f'.repeat(40)),
    ).rejects.toMatchObject({
      code: 'PREFISH_REQUEST_INVALID',
    });
  });
});

describe('a diff', () => {
  it('names files as they are, with what each gained and lost', async () => {
    host.write('tab\there', '1\n2\n');
    host.write('was-file', 'x\n');
    const before = await host.submit('true');
    host.write('tab\there', '1\n3\n4\n');
    host.git('update-index', '--add', 'tab\there');
    execFileSync('ln', ['-sf', 'target', join(host.root, 'was-file')]);
    host.write('naïve "name"\n', '');
    host.write('bin', Buffer.from([0, 1, 2]));
    const after = await host.submit('true');
    const diff = await host.repositories.diff(repo, before.snapshot, after.snapshot);
    expect(diff.files).toEqual([
      { path: 'bin', insertions: 0, deletions: 0, status: 'added' },
      { path: 'naïve "name"\n', insertions: 0, deletions: 0, status: 'added' },
      { path: 'tab\there', insertions: 2, deletions: 1, status: 'modified' },
      { path: 'was-file', insertions: 1, deletions: 1, status: 'type-changed', link: true },
    ]);
    expect(diff.patch).toContain('GIT binary patch');
  });

  it('stops when it is told to', async () => {
    const { snapshot } = await host.submit('true');
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(host.repositories.diff(repo, snapshot, snapshot, stopped)).rejects.toThrow('stopped');
  });
});
