import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import { sandboxHome, type SandboxHome } from '../support/sandbox-home.ts';
import { withoutBubblewrap } from '../support/without-bubblewrap.ts';
import { fingerprint, finished, outputOf, submit } from '../support/tasks.ts';

/** An npm project whose tests need its ignored node_modules. */
const npmProject = {
  '.gitignore': 'node_modules\n.env\n',
  'package.json': JSON.stringify({ name: 'project', version: '1.0.0', scripts: { test: 'checker' } }),
  'lib/answer.js': 'module.exports = 42;\n',
};

async function withDependencies(path: string): Promise<void> {
  const checker = join(path, 'node_modules', 'checker');
  await mkdir(join(path, 'node_modules', '.bin'), { recursive: true });
  await mkdir(checker, { recursive: true });
  await writeFile(
    join(checker, 'package.json'),
    '{ "name": "checker", "version": "1.0.0", "bin": "run.js" }',
  );
  await writeFile(
    join(checker, 'run.js'),
    `#!/usr/bin/env node\nconst fs = require('fs');\nif (require(process.cwd() + '/lib/answer.js') !== 42) process.exit(1);\nfs.writeFileSync(__dirname + '/cache', 'written by the task');\nconsole.log('checked with', process.execPath);\n`,
  );
  await chmod(join(checker, 'run.js'), 0o755);
  await symlink('../checker/run.js', join(path, 'node_modules', '.bin', 'checker'));
}

/** A Node below the home, as nvm puts it, and the PATH that names it first. */
async function nodeBelowHome({ home, env }: SandboxHome): Promise<{ bin: string; path: string }> {
  const bin = join(home, '.nvm', 'versions', 'node', 'v24.0.0', 'bin');
  await mkdir(bin, { recursive: true });
  await copyFile(process.execPath, join(bin, 'node'));
  await chmod(join(bin, 'node'), 0o755);
  return { bin, path: `${bin}${delimiter}${env['PATH']}` };
}

describe('what a task sees', () => {
  needs('bubblewrap');

  test('an npm project passes its tests with the ignored node_modules and a Node below the home', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository(npmProject);
    await withDependencies(repository.path);
    const { bin, path } = await nodeBelowHome(t);
    await writeFile(join(t.home, 'private.txt'), 'not for tasks');
    const folders = [t.home, repository.path];
    const before = await Promise.all(folders.map(fingerprint));

    const env = { PATH: path, NVM_DIR: join(t.home, '.nvm') };
    const id = await submit(t, '!npm test --silent && ls -A ~ && node -p process.execPath', {
      cwd: repository.path,
      env,
    });
    const task = await finished(t, id);
    const output = await outputOf(t, id);
    expect(task, output).toMatchObject({ state: 'completed', exit: { code: 0 }, sandbox: 'bwrap' });
    expect(task.result).toBeUndefined();
    expect(output).toContain(`checked with ${join(bin, 'node')}`);
    expect(output).not.toContain('private.txt');
    expect(await Promise.all(folders.map(fingerprint))).toEqual(before);
  });

  test('the line starts in the same sub-folder of the same path', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'packages/a/x': '1\n' });
    const cwd = join(repository.path, 'packages', 'a');
    const id = await submit(
      t,
      '!pwd; git rev-parse --show-toplevel; git status --short; git log --oneline | wc -l',
      { cwd },
    );
    await finished(t, id);
    expect((await outputOf(t, id)).split('\n').map((line) => line.trim())).toEqual([
      cwd,
      repository.path,
      '1',
      '',
    ]);
  });

  test('git knows the branch, the base and what is changed; a commit inside works and nothing here moves', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
    await repository.git('switch', '-qc', 'topic/x');
    await repository.write({ 'a.txt': 'changed\n', 'new.txt': 'new\n' });
    const head = (await repository.git('rev-parse', 'HEAD')).trim();
    const id = await submit(
      t,
      '!git branch --show-current; git rev-parse HEAD; git status --short; git add -A && git commit -qm "inside" && git log --oneline | wc -l',
      {
        cwd: repository.path,
      },
    );
    const task = await finished(t, id);
    expect(
      (await outputOf(t, id)).split('\n').map((line) => line.trim()),
      JSON.stringify(task),
    ).toEqual(['topic/x', head, 'M a.txt', '?? new.txt', '2', '']);
    expect((await repository.git('rev-parse', 'HEAD')).trim()).toBe(head);
  });

  test('variables of the user that are secret do not go along; the inner prefish is not on PATH', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const id = await submit(t, '!env; command -v prefish; true', {
      cwd: repository.path,
      env: {
        GITHUB_TOKEN: 'hunter2',
        AWS_SECRET_ACCESS_KEY: 'hunter2',
        LC_TIME: 'C',
        MY_DATABASE_URL: 'hunter2',
      },
    });
    await finished(t, id);
    const output = await outputOf(t, id);
    expect(output).not.toContain('hunter2');
    expect(output).toMatch(/^LC_TIME=C$/m);
    expect(output).toMatch(/^PREFISH=1$/m);
    expect(output).not.toMatch(/npm_/);
  });

  test('ignored files that matter are named and stay; --carry takes one along', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ '.gitignore': '.env\n' });
    await repository.write({ '.env': 'KEY=1\n' });
    const stays = await t.prefish(['-c', '& !cat .env'], { cwd: repository.path });
    expect(stays.stdout + stays.stderr).toContain('.env stays here (--carry .env)');
    expect(await finished(t, '@last')).toMatchObject({ state: 'failed' });
    const id = await submit(t, '--carry .env !cat .env', { cwd: repository.path });
    expect(await finished(t, id)).toMatchObject({ state: 'completed' });
    expect(await outputOf(t, id)).toBe('KEY=1\n');
  });

  test('--network none leaves only loopback', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const id = await submit(t, '--network none !cat /proc/net/dev', { cwd: repository.path });
    await finished(t, id);
    const interfaces = (await outputOf(t, id))
      .split('\n')
      .flatMap((line) => /^\s*(\w+):/.exec(line)?.[1] ?? []);
    expect(interfaces).toEqual(['lo']);
  });

  test('a task cannot forge its verdict, its numbers or its result on its own stream', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const forged = [
      { type: 'state', state: 'completed' },
      { type: 'exit', code: 0 },
      { type: 'result', commit: 'f'.repeat(40), branch: 'x', files: 9, insertions: 9, deletions: 9 },
      {
        seq: 999,
        at: '1999-01-01T00:00:00Z',
        task: 'tforged',
        type: 'output',
        stream: 'stdout',
        text: 'forged\n',
      },
    ];
    await repository.write({
      'forged.jsonl': forged.map((event) => JSON.stringify(event)).join('\n') + '\n',
    });
    // The inner prefish's own standard output is that of a parent process: write straight into it.
    const id = await submit(t, '!cat forged.jsonl > /proc/$PPID/fd/1; cat forged.jsonl; exit 9', {
      cwd: repository.path,
    });
    const task = await finished(t, id);
    expect(task).toMatchObject({ state: 'failed', exit: { code: 9 } });
    expect(task.result).toBeUndefined();
    const { events } = { events: (await t.prefish(['tasks', 'logs', id, '--json'])).events() };
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.every((event) => event.task === id && event.at > '2020')).toBe(true);
    expect(events.filter(({ type }) => type === 'exit' || type === 'result')).toMatchObject([{ code: 9 }]);
  });

  test('binary output and invalid UTF-8 arrive as text; 100 MB do too', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const binary = await submit(t, String.raw`!printf 'a\377\000b\303\251'`, { cwd: repository.path });
    await finished(t, binary);
    expect(await outputOf(t, binary)).toBe('a\uFFFD\0bé');
    const large = await submit(t, '!yes 0123456789abcdef | head -c 100000000', { cwd: repository.path });
    expect(await finished(t, large)).toMatchObject({ state: 'completed', exit: { code: 0 } });
    const following = t.spawn(['tasks', 'logs', large]);
    let bytes = 0;
    for await (const chunk of following.stdout) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(100_000_000);
  });
});

describe('without bubblewrap', () => {
  test('the same line passes in its own copy, marked unsandboxed everywhere', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository(npmProject);
    await withDependencies(repository.path);
    const env = { PATH: await withoutBubblewrap(t) };
    const before = await fingerprint(repository.path);
    const id = await submit(t, '!node node_modules/.bin/checker && echo made > made.txt', {
      cwd: repository.path,
      env,
    });
    const task = await finished(t, id);
    expect(task, await outputOf(t, id)).toMatchObject({
      state: 'completed',
      sandbox: 'none',
      result: { files: 1 },
    });
    expect((await t.prefish(['tasks', 'ls'], { env })).stdout).toContain('unsandboxed');
    const logs = await t.prefish(['tasks', 'logs', id], { env });
    expect(logs.stdout + logs.stderr).toContain('unsandboxed');
    expect(await fingerprint(repository.path)).toEqual(before);
    expect(
      await readFile(join(repository.path, 'node_modules', 'checker', 'cache'), 'utf8').catch(() => 'none'),
    ).toBe('none');
  });
});
