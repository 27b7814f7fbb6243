import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

function commitAll(): void {
  host.git('add', '-A');
  host.git('commit', '-q', '-m', 'base');
}

/** Commits a submodule at `sub` that is not checked out. */
function commitSubmodule(): void {
  host.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
  host.git('commit', '-q', '-m', 'submodule');
  mkdirSync(join(host.root, 'sub'), { recursive: true });
}

describe('a line', () => {
  it('runs at the place and in the sub-folder that the user has, with no file of theirs changed', async () => {
    host.write('packages/a/file.txt', 'one\n');
    commitAll();
    const run = await host.run(
      await host.submit('pwd; echo two >> file.txt; echo $HOME', { cwd: 'packages/a' }),
    );
    expect(run).toMatchObject({ exit: { code: 0 }, sandbox: 'bwrap' });
    expect(run.stdout).toBe(`${host.root}/packages/a\n${host.home}\n`);
    expect(run.result).toMatchObject({ files: 1, insertions: 1, deletions: 0 });
    expect(readFileSync(join(host.root, 'packages/a/file.txt'), 'utf8')).toBe('one\n');
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });

  it('starts in a folder of which the snapshot has nothing', async () => {
    const run = await host.run(await host.submit('pwd', { cwd: 'build/empty' }));
    expect(run).toMatchObject({ exit: { code: 0 }, stdout: `${host.root}/build/empty\n` });
  });

  it('has the variables that were sent, its marks, and none of the server', async () => {
    process.env['PREFISH_SECRET_OF_SERVER'] = 'x';
    const request = await host.submit('env', { env: { HOME: host.home, LANG: 'C.UTF-8' } });
    const names = (await host.run(request)).stdout
      .split('\n')
      .filter((line) => line !== '' && !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))
      .sort();
    delete process.env['PREFISH_SECRET_OF_SERVER'];
    expect(names).toEqual([
      `HOME=${host.home}`,
      'LANG=C.UTF-8',
      'PATH=/usr/local/bin:/usr/bin:/bin',
      'PREFISH=1',
      `PREFISH_HOME=${host.home}/.prefish`,
      `PREFISH_TASK=${request.id}`,
      `PREFISH_TASK_ATTEMPT=${request.id}/1`,
    ]);
  });

  it('ends with its own code, or its own signal', async () => {
    expect(await host.run(await host.submit('exit 7'))).toMatchObject({ exit: { code: 7 } });
    expect(await host.run(await host.submit('kill -TERM $$'))).toMatchObject({ exit: { signal: 'SIGTERM' } });
    expect(await host.run(await host.submit('exit 143'))).toMatchObject({ exit: { code: 143 } });
  });

  it('hears what is said to it', async () => {
    let heard = (): void => {};
    const done = new Promise<void>((resolve) => (heard = resolve));
    const stop = new AbortController();
    const said: string[] = [];
    async function* input(): AsyncGenerator<{ type: 'message'; text: string }> {
      yield { type: 'message', text: 'hello' };
      await done;
    }
    await host.run(await host.submit('sleep 60'), {
      input: input(),
      signal: stop.signal,
      onEvents(events) {
        for (const event of events) if (event.type === 'message') said.push(event.text);
        if (said.length > 0) {
          heard();
          stop.abort();
        }
      },
    });
    expect(said).toEqual(['heard hello']);
  });
});

describe('the repository of a task', () => {
  it('is on the user’s branch, with their changes dirty and their new files untracked', async () => {
    host.write('a.txt', 'a\n');
    host.write('b.txt', 'b\n');
    commitAll();
    host.git('checkout', '-q', '-b', 'topic/x');
    host.write('a.txt', 'changed\n');
    host.write('new.txt', 'n\n');
    const options = { identity: { name: 'Ada "the" L', email: 'ada@example.org' } };
    const request = await host.submit(
      'git status --porcelain -b; git log --format=%s; git commit -qam inside && git log -1 --format=%an',
      { options },
    );
    const run = await host.run(request);
    expect(run.stdout).toBe('## topic/x\n M a.txt\n?? new.txt\nbase\nAda "the" L\n');
    expect(run.result).toBeUndefined();
  });

  it('is detached where the user’s is', async () => {
    host.write('a.txt', 'a\n');
    commitAll();
    host.git('checkout', '-q', '--detach');
    const run = await host.run(await host.submit('git status --porcelain -b; git rev-parse HEAD'));
    expect(run.stdout).toBe(`## HEAD (no branch)\n${host.git('rev-parse', 'HEAD')}\n`);
  });

  it('has no commits where the user’s has none', async () => {
    host.write('a.txt', 'a\n');
    const run = await host.run(await host.submit('git status --porcelain -b; echo b > b.txt'));
    expect(run.stdout).toBe('## No commits yet on main\n?? a.txt\n');
    expect(run.result).toMatchObject({ files: 1, insertions: 1 });
  });

  it('is not there outside git', async () => {
    host.write('a.txt', 'a\n');
    const run = await host.run(await host.submit('ls -A; git rev-parse; echo x > a.txt', { git: false }));
    expect(run.stdout).toBe('a.txt\n');
    expect(run.result).toMatchObject({ files: 1 });
  });
});

describe('the result', () => {
  it('is a commit on the snapshot, of everything that changed', async () => {
    host.write('keep.txt', 'k\n');
    host.write('gone.txt', 'g\n');
    host.write('.gitignore', 'ignored\n');
    commitAll();
    const request = await host.submit(
      'rm gone.txt; echo n > new.txt; echo i > ignored; chmod +x keep.txt; ln -s keep.txt link; printf "\\000\\001" > bin; printf "caf\\351\\n" > latin.txt',
    );
    const { result } = await host.run(request);
    const diff = await host.repositories.diff(request.repo, request.snapshot, result!.commit);
    expect(diff.files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      'added bin',
      'deleted gone.txt',
      'modified keep.txt',
      'added latin.txt',
      'added link',
      'added new.txt',
    ]);
    const { remote } = await host.repositories.locate(request.repo);
    expect(host.git(`--git-dir=${remote}`, 'rev-parse', `refs/prefish/results/${request.id}/1^`)).toBe(
      request.snapshot,
    );
    // The patch applies as it is, through JSON and back.
    host.write('../patch', JSON.parse(JSON.stringify(diff.patch)) as string);
    host.git('apply', join(host.home, 'patch'));
    expect(readFileSync(join(host.root, 'latin.txt'))).toEqual(Buffer.from('caf\xe9\n', 'latin1'));
    expect(lstatSync(join(host.root, 'keep.txt')).mode & 0o111).not.toBe(0);
  });

  it('runs nothing that a task configured', async () => {
    host.write('a.txt', 'a\n');
    commitAll();
    // Where the snapshot has a submodule, git would look for filters of a nested repository.
    commitSubmodule();
    const hit = join(host.folder, 'hit');
    const evil = `touch ${hit}`;
    const request = await host.submit(
      [
        `git config core.fsmonitor '${evil}'`,
        `git config filter.e.clean '${evil}; cat'`,
        `echo '* filter=e' > .gitattributes`,
        `mkdir -p sub .git/hooks && cd sub && git init -q . && echo '* filter=e' > .gitattributes && echo x > f && git add f`,
        `git -c user.name=e -c user.email=e commit -qm e; git config filter.e.clean '${evil}; cat'; git config core.fsmonitor '${evil}'; touch f`,
        'cd ..; git init -q nested; echo inside > nested/file; mkdir unborn; git init -q unborn',
      ].join('\n'),
    );
    const { result } = await host.run(request);
    expect(existsSync(hit)).toBe(false);
    const { files } = await host.repositories.diff(request.repo, request.snapshot, result!.commit);
    expect(files.map(({ path }) => path)).toEqual(['.gitattributes', 'nested/file']);
  });

  it.each([
    ['a file in place of .git', 'rm -rf .git; echo "gitdir: /etc" > .git'],
    ['a link in place of .git', 'rm -rf .git; ln -s / .git'],
    ['a link in place of a folder', 'rm -rf folder; ln -s /etc folder'],
    [
      'files and folders without permissions',
      'mkdir locked; echo x > locked/f; chmod 000 locked/f locked folder/f',
    ],
    [
      'paths longer than the kernel takes',
      'for i in $(seq 60); do d=$(printf "%0200d" $i); mkdir $d && cd -P $d || exit 1; done; true',
    ],
  ])('survives %s', async (_name, line) => {
    host.write('folder/f', 'f\n');
    commitAll();
    const run = await host.run(await host.submit(`${line}\n cd "$OLDPWD" 2>/dev/null; exit 3`));
    expect(run.exit).toEqual({ code: 3 });
    expect(existsSync('/etc/hostname')).toBe(true);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });

  it('is kept without files that are not in the encoding which they are said to be in', async () => {
    host.write('kept.txt', 'k\n');
    commitAll();
    const request = await host.submit(
      `echo 'wide*.txt working-tree-encoding=UTF-16' > .gitattributes; echo x > wide.txt; echo y > wide2.txt; echo more >> kept.txt; exit 3`,
    );
    const run = await host.run(request);
    expect(run).toMatchObject({ exit: { code: 3 }, result: { files: 2 } });
    const said = run.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(said.map((text) => text.split(' ')[0])).toEqual(['wide.txt', 'wide2.txt']);
  });

  it('waits for no pipe that a task left where git reads', async () => {
    host.write('.gitattributes', '# none\n');
    commitAll();
    const line =
      'rm .gitattributes; mkfifo .gitattributes; mkdir s; touch s/a; mkfifo s/.gitignore carried/.gitignore';
    host.write('carried/tracked', '');
    const run = await host.run(await host.submit(line, { options: { carry: ['carried'] } }));
    const files = await host.repositories.diff(
      'abcdefgh12345678',
      host.git('rev-parse', 'HEAD'),
      run.result!.commit,
    );
    expect(files.files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      'deleted .gitattributes',
      'added carried/tracked',
      'added s/a',
    ]);
  });

  it('keeps what a task made unreadable', async () => {
    const request = await host.submit('mkdir d; echo x > d/f; chmod 000 d/f d');
    const { result } = await host.run(request);
    const { files } = await host.repositories.diff(request.repo, request.snapshot, result!.commit);
    expect(files.map(({ path }) => path)).toEqual(['d/f']);
  });
});

describe('what goes along', () => {
  it('is there and writable, while the user’s stays as it is and out of the result', async () => {
    host.write('.gitignore', 'node_modules\n');
    commitAll();
    host.write('node_modules/dep/index.js', 'module.exports = 42;\n');
    host.write('node_modules/.bin/dep', '#!/bin/sh\necho dep runs\n');
    chmodSync(join(host.root, 'node_modules/.bin/dep'), 0o755);
    const request = await host.submit(
      'node_modules/.bin/dep; echo broken > node_modules/dep/index.js; touch node_modules/new; : > .gitignore',
      { options: { carry: ['node_modules', 'vanished'] } },
    );
    const run = await host.run(request);
    expect(run.stdout).toBe('dep runs\n');
    expect(run.result).toMatchObject({ files: 1 });
    expect(readFileSync(join(host.root, 'node_modules/dep/index.js'), 'utf8')).toBe('module.exports = 42;\n');
    expect(existsSync(join(host.root, 'node_modules/new'))).toBe(false);
    expect(run.events).toContainEqual({
      type: 'warning',
      code: 'PREFISH_CARRY_FAILED',
      message: 'vanished did not go along: it is no longer there',
    });
  });

  it('is no word about it while it stays ignored', async () => {
    host.write('.gitignore', '/deps\nsub/node_modules/\n');
    host.write('deps/x', 'x');
    host.write('sub/node_modules/y', 'y');
    const options = { carry: ['deps', 'sub/node_modules'] };
    const run = await host.run(await host.submit('echo n > new; echo z > deps/z', { options }));
    expect(run).toMatchObject({ events: [], result: { files: 1 } });
  });

  it('never leads through a link', async () => {
    mkdirSync(join(host.home, 'private/deps'), { recursive: true });
    symlinkSync(join(host.home, 'private'), join(host.root, 'link'));
    const carry = ['link/deps', '../x'];
    const run = await host.run(await host.submit('echo x > new; ls link/', { options: { carry } }));
    expect(run.events.filter(({ type }) => type === 'warning')).toHaveLength(2);
    expect(run.exit).not.toEqual({ code: 0 });
    expect(run.result).toMatchObject({ files: 1 });
  });

  it('is not told to be lost in a submodule, other than what the task writes there', async () => {
    commitSubmodule();
    host.write('sub/node_modules/y', 'y');
    const options = { carry: ['sub/node_modules'] };
    const quiet = await host.run(await host.submit('echo > sub/node_modules/z', { options }));
    expect(quiet.events).toEqual([]);
    const run = await host.run(await host.submit('echo > sub/new', { options }));
    expect(run.events).toMatchObject([
      {
        type: 'warning',
        code: 'PREFISH_RESULT_PARTIAL',
        message: expect.stringContaining('sub is a submodule'),
      },
    ]);
  });

  it('may be replaced by the task, or lie in a submodule', async () => {
    commitSubmodule();
    host.write('packages/a/node_modules/x', 'x');
    host.write('sub/node_modules/y', 'y');
    host.write('.gitignore', 'node_modules\n');
    const carry = ['packages/a/node_modules', 'sub/node_modules'];
    const line =
      'cat packages/a/node_modules/x sub/node_modules/y; rm -rf packages; ln -s /etc packages; echo > new';
    const run = await host.run(await host.submit(line, { options: { carry } }));
    expect(run.stdout).toBe('xy');
    expect(run.result).toMatchObject({ files: 2 });
  });
});
