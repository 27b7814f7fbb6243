import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { createTaskId } from '@prefish/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRepositories } from '../../src/repositories/mirrors.ts';
import type { Repositories } from '../../src/repositories/repositories.ts';
import { tidyMirrors, type TidyMirrorsOptions } from '../../src/repositories/tidy-mirrors.ts';
import { temporaryFolder } from '../fixtures/folder.ts';

const repo = 'repository1';

describe('tidyMirrors', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let mirrors: Repositories;
  beforeEach(() => {
    folder = temporaryFolder();
    mirrors = createRepositories({ folder: folder.path });
  });
  afterEach(() => folder[Symbol.dispose]());

  const tidy = (changes: Partial<TidyMirrorsOptions> = {}): Promise<number> =>
    tidyMirrors(join(folder.path, 'repositories'), {
      grace: 0,
      unused: 3600,
      thorough: true,
      dryRun: false,
      signal: new AbortController().signal,
      ...changes,
    });

  /** A task with a megabyte of its own, which nobody compresses. */
  async function task(owner = ''): Promise<{ id: string; commit: string; gitDir: string }> {
    const own = mirrors.of(owner);
    const gitDir = (await own.locate(repo)).remote;
    const git = (args: readonly string[], input: string | Buffer = ''): string =>
      execFileSync('git', ['--git-dir', gitDir, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        encoding: 'utf8',
        input,
      }).trim();
    const blob = git(['hash-object', '-w', '--stdin'], randomBytes(1024 * 1024));
    const tree = git(['mktree'], `100644 blob ${blob}\tfile\n`);
    const commit = git(['commit-tree', tree, '-m', 'snapshot']);
    const id = createTaskId();
    await own.keepSnapshot(repo, id, commit);
    return { id, commit, gitDir };
  }

  test('frees what removed tasks alone needed, and nothing of the others', async () => {
    const [removed, kept] = [await task('ada'), await task('ada')];
    await mirrors.of('ada').forget(repo, removed.id);
    expect(await tidy({ dryRun: true })).toBeGreaterThan(900_000);
    expect(await mirrors.of('ada').has(repo, removed.commit)).toBe(true);
    expect(await tidy()).toBeGreaterThan(900_000);
    expect(await mirrors.of('ada').has(repo, removed.commit)).toBe(false);
    expect(await mirrors.of('ada').has(repo, kept.commit)).toBe(true);
    expect(await tidy()).toBe(0);
  });

  test('leaves what is new, what is little, and a mirror that is being pushed to', async () => {
    const [removed, { gitDir }] = [await task(), await task()];
    await mirrors.forget(repo, removed.id);
    expect(await tidy({ thorough: false })).toBe(0);
    await tidy({ grace: 3600 });
    expect(await mirrors.has(repo, removed.commit)).toBe(true);
    mkdirSync(join(gitDir, 'objects/tmp_objdir-incoming-x'));
    expect(await tidy()).toBe(0);
    expect(await mirrors.has(repo, removed.commit)).toBe(true);
  });

  test('forgets what was pushed a day ago and never submitted, packed or not', async () => {
    const { gitDir, commit, id } = await task();
    const refs = ['refs/prefish/snapshots/t1', 'refs/prefish/snapshots/t2'];
    const git = (...args: string[]): string =>
      execFileSync('git', ['--git-dir', gitDir, ...args], { encoding: 'utf8' }).trim();
    git('update-ref', refs[0]!, commit);
    const left = (): string[] => git('for-each-ref', '--format=%(refname)', 'refs/prefish').split('\n');
    await tidy({ grace: 3600 });
    expect(left()).toContain(refs[0]);
    git('pack-refs', '--all');
    git('update-ref', refs[1]!, commit);
    const longAgo = new Date(Date.now() - 25 * 3600_000);
    for (const name of ['packed-refs', refs[1]!]) utimesSync(join(gitDir, name), longAgo, longAgo);
    await tidy({ grace: 3600 });
    expect(left()).toEqual(['refs/prefish/latest', `refs/prefish/sent/${id}`]);
  });

  test('removes a mirror without tasks once it is not used any more; the next use makes it again', async () => {
    const { id, gitDir } = await task();
    await mirrors.forget(repo, id);
    const longAgo = new Date(Date.now() - 2 * 3600_000);
    utimesSync(gitDir, longAgo, longAgo);
    await tidy({ unused: 3 * 3600 });
    expect(readdirSync(join(folder.path, 'repositories'))).toEqual([`${repo}.git`]);
    utimesSync(gitDir, longAgo, longAgo);
    await tidy();
    expect(readdirSync(join(folder.path, 'repositories'))).toEqual([]);
    const again = await task();
    expect(await mirrors.has(repo, again.commit)).toBe(true);
  });
});
