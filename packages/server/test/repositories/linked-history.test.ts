import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTaskId } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderUse } from '../../src/housekeeping/folder-use.ts';
import { createRepositories } from '../../src/repositories/mirrors.ts';
import type { Repositories } from '../../src/repositories/repositories.ts';
import { tidyMirrors } from '../../src/repositories/tidy-mirrors.ts';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';

const repo = 'abcdefgh12345678';
const large = 2 ** 21;

let host: TaskHost;
let mirrors: Repositories;
let gitDir: string;
beforeEach(async () => {
  host = createTaskHost();
  mirrors = createRepositories({ folder: host.folder, worthLinking: large });
  gitDir = (await mirrors.locate(repo)).remote;
});
afterEach(() => host.remove());

/** Commits files of the project. */
function commit(): string {
  host.git('add', '-A');
  host.git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-q', '-m', 'x');
  return host.git('rev-parse', 'HEAD');
}

/** A history that is worth to be linked, of which the last commit has little. */
function history(): string {
  host.write('large', randomBytes(large));
  commit();
  rmSync(join(host.root, 'large'));
  host.write('small', 'small\n');
  return commit();
}

async function link(at = host.git('rev-parse', 'HEAD')): Promise<void> {
  await mirrors.link(repo, { objects: join(host.root, '.git/objects'), commit: at });
}

/** What the mirror takes that is not the project's too, in bytes. */
async function cost(): Promise<number> {
  return (await folderUse(host.folder)).repositories;
}

function mirror(...args: string[]): string {
  return execFileSync('git', ['--git-dir', gitDir, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** Sends a commit on top of the project's, as a task's snapshot is sent, and says what went: `Total 3 (delta 0) …`. */
async function send(): Promise<{ id: string; said: string }> {
  const tree = host.git('write-tree');
  const snapshot = host.git(
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@t',
    'commit-tree',
    '-p',
    'HEAD',
    '-m',
    's',
    tree,
  );
  const id = createTaskId();
  const args = ['push', '--progress', gitDir, `${snapshot}:refs/prefish/snapshots/${id}`];
  const said = execFileSync('sh', ['-c', 'exec git "$@" 2>&1', 'sh', ...args], {
    cwd: host.root,
    encoding: 'utf8',
  });
  expect(await mirrors.keepSnapshot(repo, id, snapshot)).toBe(true);
  return { id, said };
}

/** Makes everything in a mirror and its project look as if it were of yesterday. */
function age(...folders: string[]): void {
  for (const folder of folders)
    execFileSync('find', [folder, '-type', 'f', '-exec', 'touch', '-d', '1 day ago', '{}', '+']);
}

async function tidy(dryRun = false): Promise<number> {
  return tidyMirrors(join(host.folder, 'repositories'), {
    grace: 3600,
    unused: 1e6,
    thorough: true,
    dryRun,
    signal: AbortSignal.timeout(60_000),
  });
}

describe('the history of a repository on the same disk', () => {
  test('costs its mirror nothing, packed or loose, and a push brings the difference', async () => {
    const before = history();
    host.git('repack', '-adq');
    host.write('loose', randomBytes(100_000));
    commit();
    await link();
    const { said } = await send();
    expect(said).toMatch(/Total 1 /);
    expect(await cost()).toBeLessThan(1_000_000);
    expect(mirror('rev-list', '--objects', '--count', 'refs/prefish/latest')).toBe('10');
    expect(mirror('cat-file', '-s', `${before}^:large`)).toBe(String(large));
    expect(host.git('status', '--porcelain')).toBe('');
  });

  test('outlives `git gc --prune=now` and the end of its repository', async () => {
    const before = history();
    await link();
    const { id } = await send();
    host.git('update-ref', '-d', 'HEAD');
    host.git('reflog', 'expire', '--expire=now', '--all');
    host.git('gc', '-q', '--prune=now');
    expect(host.git('count-objects', '-v')).toMatch(/^count: 0$/m);
    mirror('fsck', '--connectivity-only', `refs/prefish/sent/${id}`);
    rmSync(host.root, { recursive: true });
    mirror('fsck', '--connectivity-only', `refs/prefish/sent/${id}`);
    expect(mirror('cat-file', '-s', `${before}^:large`)).toBe(String(large));
    age(gitDir);
    await tidy();
    expect(mirror('cat-file', '-s', `${before}^:large`)).toBe(String(large));
    // Now it is the mirror's alone, and goes with what needs it.
    expect(await cost()).toBeGreaterThan(large);
    await mirrors.forget(repo, id);
    mirror('update-ref', '-d', 'refs/prefish/latest');
    age(gitDir);
    await tidy();
    expect(await cost()).toBeLessThan(1_000_000);
  });

  test('is linked anew once its repository was packed anew', async () => {
    history();
    host.git('repack', '-adq');
    await link();
    const { id } = await send();
    host.write('more', randomBytes(50_000));
    commit();
    host.git('-c', 'pack.compression=9', 'repack', '-adfq');
    expect(await cost()).toBeGreaterThan(large);
    age(gitDir, host.root);
    expect(await tidy(true)).toBeGreaterThan(large);
    await tidy();
    expect(await cost()).toBeLessThan(1_000_000);
    expect(await tidy(true)).toBeLessThan(10_000);
    mirror('fsck', '--connectivity-only', `refs/prefish/sent/${id}`);
    await link();
    expect((await send()).said).toMatch(/Total 1 /);
  });

  test('is given back too once its repository is not linked any more', async () => {
    history();
    await link();
    const { id } = await send();
    host.git('checkout', '-q', '--orphan', 'new');
    commit();
    host.git('update-ref', '-d', 'refs/heads/main');
    host.git('reflog', 'expire', '--expire=now', '--all');
    host.git('gc', '-q', '--prune=now');
    await link();
    await send();
    await mirrors.forget(repo, id);
    age(gitDir, host.root);
    await tidy();
    expect(await cost()).toBeLessThan(1_000_000);
  });

  test('is kept, and others are tidied, where a file is in the place of its repository', async () => {
    const before = history();
    await link();
    await send();
    rmSync(join(host.root, '.git'), { recursive: true });
    writeFileSync(join(host.root, '.git'), 'gitdir: ../elsewhere\n');
    age(gitDir);
    await tidy();
    expect(mirror('cat-file', '-s', `${before}^:large`)).toBe(String(large));
  });

  test('of a repository that is gone counts, though two mirrors have it', async () => {
    history();
    await link();
    const other = 'bcdefghi12345678';
    await mirrors.locate(other);
    const objects = join(host.root, '.git/objects');
    await mirrors.link(other, { objects, commit: host.git('rev-parse', 'HEAD') });
    expect(await cost()).toBeLessThan(1_000_000);
    rmSync(host.root, { recursive: true });
    expect(await cost()).toBeGreaterThan(large);
  });

  test('that was pushed before is given back', async () => {
    history();
    const { id } = await send();
    expect(await cost()).toBeGreaterThan(large);
    host.git('repack', '-adq');
    await link();
    age(gitDir, host.root);
    await tidy();
    expect(await cost()).toBeLessThan(1_000_000);
    mirror('fsck', '--connectivity-only', `refs/prefish/sent/${id}`);
  });

  const hindrances: [string, () => void][] = [
    [
      'borrows from another',
      () => writeFileSync(join(host.root, '.git/objects/info/alternates'), '/nowhere\n'),
    ],
    [
      'was cut off',
      () => writeFileSync(join(host.root, '.git/shallow'), `${host.git('rev-parse', 'HEAD')}\n`),
    ],
    [
      'was changed by grafts',
      () => writeFileSync(join(host.root, '.git/info/grafts'), `${host.git('rev-parse', 'HEAD')}\n`),
    ],
    [
      'is fetched when it is needed',
      () => {
        host.git('repack', '-adq');
        const folder = join(host.root, '.git/objects/pack');
        const pack = readdirSync(folder).find((name) => name.endsWith('.pack'))!;
        writeFileSync(join(folder, pack.replace('.pack', '.promisor')), '');
      },
    ],
    [
      'has links in place of packs',
      () => {
        host.git('repack', '-adq');
        const folder = join(host.root, '.git/objects/pack');
        execFileSync(
          'sh',
          ['-c', 'mkdir ../away && for f in *; do mv $f ../away && ln -s ../away/$f; done'],
          { cwd: folder },
        );
      },
    ],
  ];
  test.each(hindrances)('is not linked where it %s', async (_, hinder) => {
    history();
    hinder();
    await link();
    expect(mirror('for-each-ref')).toBe('');
    expect(existsSync(join(gitDir, 'objects/info/alternates'))).toBe(false);
  });

  test('is not linked where it is little, nor below no folder of objects', async () => {
    host.write('a', 'a');
    commit();
    await link();
    await mirrors.link(repo, { objects: join(host.root, 'nowhere'), commit: 'f'.repeat(40) });
    expect(mirror('for-each-ref')).toBe('');
    expect((await send()).said).toMatch(/Total 4 /);
  });
});
