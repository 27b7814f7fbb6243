import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '@prefish/core';
import { describe, expect, test } from 'vitest';
import { openRequest, type RequestOptions } from '../../src/publish/open-request.ts';
import { pushResult, type PushOptions } from '../../src/publish/push-result.ts';
import { actionContext, finishTask, servicesFor, type FinishedTask } from '../support/finished-task.ts';
import { gitHost, type GitHost } from '../support/git-host.ts';
import { fingerprint, scratch, type Scratch, type TestRepository } from '../support/repository.ts';

/** A repository whose remote asks for a password that the user's own git knows. */
async function cloned(
  s: Scratch,
  options: Parameters<typeof gitHost>[2] = {},
): Promise<{ host: GitHost; repository: TestRepository }> {
  const host = await gitHost(join(s.root, 'host'), s.env, options);
  const helper = `!printf '${host.credentials.replaceAll('\n', String.raw`\n`)}'`;
  const repository = s.repository({ a: '1\n2\n3\n', b: 'b\n' });
  repository.git('config', '--global', 'credential.helper', helper);
  repository.git('remote', 'add', 'origin', host.url);
  return { host, repository };
}

const push = (finished: FinishedTask, cwd: string, options: PushOptions = {}): Promise<Outcome> =>
  pushResult(servicesFor(finished), finished.task, options, actionContext(cwd, finished.env));
const request = (
  finished: FinishedTask,
  cwd: string,
  options: RequestOptions = {},
  env = finished.env,
): Promise<Outcome> => openRequest(servicesFor(finished), finished.task, options, actionContext(cwd, env));

/** Puts a program into a folder of its own; it notes its arguments, a line each. */
function fake(s: Scratch, name: string, script: string): { path: string; calls(): string[] } {
  const folder = join(s.root, 'bin');
  const log = join(s.root, `${name}.log`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(log, '');
  writeFileSync(join(folder, name), `#!/bin/sh\nfor word; do echo "$word" >> ${log}; done\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return {
    path: `${folder}:${s.env['PATH']}`,
    calls: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
  };
}

describe('push', () => {
  test('makes a branch of the remote with what the task changed, and none of what was not committed', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s, {
      says: 'Create a pull request: https://host.example/new/1',
    });
    await using _ = host;
    repository.write({ a: '1\n2\nthree, not committed\n', secret: 'untracked\n' });
    const finished = await finishTask(s, repository.path, (work) =>
      work.write({ b: 'changed\n', c: 'made\n' }),
    );
    const before = fingerprint(repository.path);
    const pushed = await push(finished, repository.path);
    expect(pushed).toMatchObject({
      message: 'pushed to origin as prefish/work · https://host.example/new/1',
      data: { pushed: true, remote: 'origin', branch: 'prefish/work', url: 'https://host.example/new/1' },
    });
    expect(host.git('log', '--format=%s by %an', 'prefish/work')).toBe('result by Test\nfirst by Test\n');
    expect(host.git('ls-tree', '-r', '--name-only', 'prefish/work')).toBe('a\nb\nc\n');
    expect(host.git('show', 'prefish/work:a')).toBe('1\n2\n3\n');
    expect(host.git('show', 'prefish/work:b')).toBe('changed\n');
    expect(fingerprint(repository.path)).toEqual(before);
    expect(repository.git('status', '--porcelain')).toBe(' M a\n?? secret\n');
    // Twice is once.
    expect(await push(finished, repository.path)).toMatchObject({ data: { pushed: true } });
  });

  test('pushes nothing where the result builds on what was not committed, and says the way around', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s);
    await using _ = host;
    repository.write({ a: '1\n2\nthree\n' });
    const finished = await finishTask(s, repository.path, (work) => work.write({ a: '1\n2\nTHREE\n' }));
    await expect(push(finished, repository.path)).rejects.toMatchObject({
      code: 'PREFISH_APPLY_CONFLICT',
      hint: expect.stringContaining('--branch NAME'),
    });
    expect(host.git('branch')).toBe('');
  });

  test('asks nothing, and says that git could not', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s);
    await using _ = host;
    repository.git('config', '--global', '--unset', 'credential.helper');
    const finished = await finishTask(s, repository.path, (work) => work.write({ b: 'x\n' }));
    await expect(push(finished, repository.path)).rejects.toMatchObject({
      code: 'PREFISH_GIT_FAILED',
      hint: expect.stringContaining('git push'),
    });
  });

  test('moves a branch that others use only where that was said', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s);
    await using _ = host;
    repository.git('push', '-q', host.folder, 'HEAD:refs/heads/main');
    const before = host.git('rev-parse', 'main');
    const finished = await finishTask(s, repository.path, (work) => work.write({ b: 'x\n' }));
    await expect(push(finished, repository.path, { branch: 'main' })).rejects.toMatchObject({
      code: 'PREFISH_BRANCH_EXISTS',
      exitCode: 5,
      message: `origin has a branch main already, at ${before.slice(0, 7)}; nothing was pushed`,
      hint: expect.stringContaining('--move'),
    });
    expect(host.git('rev-parse', 'main')).toBe(before);
    expect(await push(finished, repository.path, { branch: 'main', move: true })).toMatchObject({
      data: { pushed: true, branch: 'main' },
    });
    expect(host.git('show', 'main:b')).toBe('x\n');
    // What is there already does not move.
    expect(await push(finished, repository.path, { branch: 'main' })).toMatchObject({
      data: { pushed: true },
    });
    expect(await push(finished, repository.path, { branch: 'new/one' })).toMatchObject({
      data: { pushed: true, branch: 'new/one' },
    });
  });

  test('moves no branch that others make while it looks', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s);
    await using _ = host;
    repository.git('push', '-q', host.folder, 'HEAD:refs/heads/main');
    const before = host.git('rev-parse', 'main');
    const finished = await finishTask(s, repository.path, (work) => work.write({ b: 'x\n' }));
    // Git asks for the password once to look, and once to push: the branch is made in between.
    const made = `git --git-dir='${host.folder}' update-ref refs/heads/late ${before.trim()}`;
    const helper = fake(
      s,
      'git-credential-slow',
      `[ "$(grep -c get '${join(s.root, 'git-credential-slow.log')}')" -lt 2 ] || ${made}\nprintf '${host.credentials.replaceAll('\n', String.raw`\n`)}'`,
    );
    repository.git('config', '--global', 'credential.helper', join(s.root, 'bin', 'git-credential-slow'));
    await expect(push(finished, repository.path, { branch: 'late' })).rejects.toMatchObject({
      code: 'PREFISH_BRANCH_EXISTS',
      message:
        'origin has a branch late already, with commits that the result is not built on; nothing was pushed',
    });
    expect(helper.calls().filter((word) => word === 'get')).toHaveLength(2);
    expect(host.git('rev-parse', 'late')).toBe(before);
  });

  test('leaves a branch of that name alone, and takes another', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s);
    await using _ = host;
    repository.git('commit', '-q', '--allow-empty', '-m', 'of somebody else');
    repository.git('push', '-q', host.folder, 'HEAD:refs/heads/prefish/work');
    const theirs = host.git('rev-parse', 'prefish/work');
    repository.git('reset', '-q', '--hard', 'HEAD^');
    const finished = await finishTask(s, repository.path, (work) => work.write({ b: 'x\n' }));
    const own = `prefish/work-${finished.task.id}`;
    // Twice is once.
    for (const _ of [1, 2]) {
      expect(await push(finished, repository.path)).toMatchObject({ data: { branch: own } });
    }
    expect(host.git('show', `${own}:b`)).toBe('x\n');
    await expect(push(finished, repository.path, { branch: 'prefish/work' })).rejects.toMatchObject({
      code: 'PREFISH_BRANCH_EXISTS',
      hint: expect.stringContaining('another name'),
    });
    expect(host.git('rev-parse', 'prefish/work')).toBe(theirs);
    await push(finished, repository.path, { branch: 'mine' });
    expect(host.git('show', 'mine:b')).toBe('x\n');
  });

  test.for([
    [{ remote: 'nowhere' }, 'no remote nowhere'],
    [{ branch: 'a..b' }, 'no name for a branch'],
  ] as const)('refuses %j', async ([options, why]) => {
    using s = scratch();
    const { host, repository } = await cloned(s);
    await using _ = host;
    const finished = await finishTask(s, repository.path, (work) => work.write({ b: 'x\n' }));
    await expect(push(finished, repository.path, options)).rejects.toMatchObject({
      code: 'PREFISH_USAGE',
      message: expect.stringContaining(why),
    });
  });
});

describe('pr', () => {
  test('asks gh where it knows the host', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s);
    await using _ = host;
    const gh = fake(s, 'gh', '[ "$1" = auth ] || echo https://host.example/pull/7');
    const finished = await finishTask(s, repository.path, (work) => work.write({ b: 'x\n' }));
    const env = { ...finished.env, PATH: gh.path };
    expect(await request(finished, repository.path, { title: 'A title' }, env)).toMatchObject({
      message: 'Asked for it to be merged: https://host.example/pull/7',
      data: { opened: true, url: 'https://host.example/pull/7' },
    });
    const words = gh.calls().join(' ');
    expect(words).toContain('pr create --head prefish/work --base main --title A title --body');
    expect(host.git('show', 'prefish/work:b')).toBe('x\n');
  });

  test('says what gh said where it failed, and that the branch is pushed', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s);
    await using _ = host;
    const gh = fake(s, 'gh', '[ "$1" = auth ] || { echo "no commits between" >&2; exit 1; }');
    const finished = await finishTask(s, repository.path, (work) => work.write({ b: 'x\n' }));
    const asked = request(finished, repository.path, {}, { ...finished.env, PATH: gh.path });
    await expect(asked).rejects.toMatchObject({
      code: 'PREFISH_PUBLISH_FAILED',
      message: expect.stringMatching(/prefish\/work was pushed.*no commits between/),
    });
  });

  test('without a program for the host, pushes and says the page that the host names', async () => {
    using s = scratch();
    const { host, repository } = await cloned(s, { says: 'Visit https://host.example/new' });
    await using _ = host;
    const finished = await finishTask(s, repository.path, (work) => work.write({ b: 'x\n' }));
    expect(await request(finished, repository.path)).toMatchObject({
      message: 'Open it there: https://host.example/new',
      data: { opened: false },
    });
  });
});
