import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { has } from '../support/capabilities.ts';
import { sandboxHome } from '../support/sandbox-home.ts';
import { openTerminal } from '../support/terminal.ts';
import { sleeping } from '../support/sleeping.ts';
import { fingerprint, finished, outputOf, show, submit, transcript } from '../support/tasks.ts';

describe('a teleported line', () => {
  test('runs on the state as it is, changes nothing here, and comes home', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'one\n', 'gone.txt': 'x\n', '.gitignore': 'secret\n' });
    await repository.git('rm', '-q', 'gone.txt');
    await repository.write({ 'a.txt': 'one\ntwo\n', 'new.txt': 'untracked\n', secret: 'stays\n' });
    const before = await fingerprint(repository.path);

    const run = await t.prefish(
      ['-c', '& !cat a.txt new.txt; ls; echo three >> a.txt; echo made > made.txt'],
      { cwd: repository.path },
    );
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout).toMatch(/^task 1 submitted \(t\w+\).*\n$/);
    expect(run.stderr).toMatch(/→ this machine · main@[0-9a-f]+ \+2 changed, 1 untracked/);

    const task = await finished(t, '@last');
    expect(task).toMatchObject({
      state: 'completed',
      exit: { code: 0 },
      source: 'server',
      sandbox: has('bubblewrap') ? 'bwrap' : 'none',
      attempt: 1,
      base: { branch: 'main', untracked: 1, dirty: 2 },
      result: { branch: `prefish/${task.id}`, files: 2, insertions: 2, deletions: 0 },
    });
    expect(await outputOf(t, task.id)).toBe('one\ntwo\nuntracked\na.txt\nnew.txt\n');
    expect(await fingerprint(repository.path)).toEqual(before);

    const diff = (await t.prefish(['tasks', 'diff', task.id, '--json'])).json<{
      files: object[];
      patch: string;
    }>();
    expect(diff.files).toEqual([
      { path: 'a.txt', insertions: 1, deletions: 0, status: 'modified' },
      { path: 'made.txt', insertions: 1, deletions: 0, status: 'added' },
    ]);
    expect(diff.patch).toContain('+three');

    await repository.write({ 'b.txt': 'meanwhile\n' });
    expect(await t.prefish(['tasks', 'apply', task.id], { cwd: repository.path })).toMatchObject({ code: 0 });
    expect(await readFile(join(repository.path, 'a.txt'), 'utf8')).toBe('one\ntwo\nthree\n');
    expect(await readFile(join(repository.path, 'made.txt'), 'utf8')).toBe('made\n');
    expect(await t.prefish(['tasks', 'undo', task.id], { cwd: repository.path })).toMatchObject({ code: 0 });
    expect(await fingerprint(repository.path)).toEqual({ ...before, 'b.txt': expect.any(String) });
  });

  test('is announced, listed, followed and awaited as the contract says', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const submitted = await t.prefish(['--json', '-c', '& !echo out; echo err >&2; exit 7'], {
      cwd: repository.path,
    });
    const [first] = submitted.events();
    expect(first).toMatchObject({
      seq: 1,
      type: 'state',
      state: 'submitted',
      task: expect.stringMatching(/^t/),
    });
    const id = first!.task!;

    const waited = await t.prefish(['tasks', 'wait', id]);
    expect(waited.code).toBe(7);
    const listed = (await t.prefish(['tasks', 'ls', '--json'])).json<{
      tasks: { id: string; number: number }[];
    }>();
    expect(listed.tasks).toMatchObject([
      { id, number: 1, state: 'failed', exit: { code: 7 }, title: expect.any(String) },
    ]);
    for (const reference of ['1', id.slice(0, 5), '@last'])
      expect(await show(t, reference)).toMatchObject({ id });

    const events = await transcript(t, id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(
      events.filter(({ type }) => type === 'state').map((event) => 'state' in event && event.state),
    ).toEqual(['submitted', 'working', 'failed']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'output', stream: 'stderr', text: 'err\n' }),
    );
    const later = (await t.prefish(['tasks', 'logs', id, '--json', '--after', '2'])).events();
    expect(later).toEqual(events.slice(2));
    expect((await t.prefish(['tasks', 'show', 'tnothing'])).code).toBe(4);
  });

  test('--wait follows it and ends with its exit code; --dry-run sends nothing', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const dry = await t.prefish(['-c', '& --dry-run !echo hi'], { cwd: repository.path });
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('→ this machine') });
    expect((await t.prefish(['tasks', 'ls', '--json'])).json()).toEqual({ tasks: [] });
    const waited = await t.prefish(['-c', '& --wait !echo hi; exit 3'], { cwd: repository.path });
    expect(waited).toMatchObject({ code: 3, stdout: 'hi\n' });
    expect(waited.stderr).toMatch(/→ this machine[^]*task 1 failed \(exit 3\) · 0:\d\d · /);
  });

  test('logs -f follows live, from any event on, and ends with the task', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const id = await submit(t, '!for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done', {
      cwd: repository.path,
    });
    const all = (await t.prefish(['tasks', 'logs', id, '-f', '--json'])).events();
    expect(all.at(-1)).toMatchObject({ type: 'state', state: 'completed' });
    const rest = (await t.prefish(['tasks', 'logs', id, '-f', '--json', '--after', '3'])).events();
    expect(rest).toEqual(all.slice(3));
    const human = await t.prefish(['tasks', 'logs', id]);
    expect(human.stdout).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n');
  });

  test('a conflict changes nothing and ends with 5; --markers and --branch are ways out', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'a.txt': 'one\ntwo\nthree\n' });
    const id = await submit(t, '!sed -i s/two/TASK/ a.txt', { cwd: repository.path });
    await finished(t, id);
    await repository.write({ 'a.txt': 'one\nMINE\nthree\n' });
    const before = await fingerprint(repository.path);
    const conflict = await t.prefish(['tasks', 'apply', id], { cwd: repository.path });
    expect(conflict).toMatchObject({ code: 5, stderr: expect.stringContaining('a.txt') });
    expect(await fingerprint(repository.path)).toEqual(before);

    await using shell = openTerminal(t, ['tasks', 'apply', id], { cwd: repository.path, columns: 120 });
    await shell.shows(/2 Make a branch of the result/);
    shell.type('3');
    await shell.shows(/conflicts marked in a\.txt/);
    expect(await shell.ended).toBe(0);
    expect(await t.prefish(['tasks', 'undo', id], { cwd: repository.path })).toMatchObject({ code: 0 });
    expect(await fingerprint(repository.path)).toEqual(before);

    expect(
      await t.prefish(['tasks', 'apply', id, '--branch', 'from-task'], { cwd: repository.path }),
    ).toMatchObject({ code: 0 });
    expect(await repository.git('show', 'from-task:a.txt')).toBe('one\nTASK\nthree\n');
    expect(await readFile(join(repository.path, 'a.txt'), 'utf8')).toBe('one\nMINE\nthree\n');

    expect(await t.prefish(['tasks', 'apply', id, '--markers'], { cwd: repository.path })).toMatchObject({
      code: expect.any(Number),
    });
    expect(await readFile(join(repository.path, 'a.txt'), 'utf8')).toMatch(
      /<<<<<<<[^]*MINE[^]*=======[^]*TASK[^]*>>>>>>>/,
    );
    expect(await t.prefish(['tasks', 'undo', id], { cwd: repository.path })).toMatchObject({ code: 0 });
    expect(await readFile(join(repository.path, 'a.txt'), 'utf8')).toBe('one\nMINE\nthree\n');
  });

  test('apply and undo work from a sub-folder, after gc --prune=now and a rewritten history', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ 'sub/a.txt': 'one\n', 'top.txt': 'top\n' });
    await repository.write({ 'sub/a.txt': 'one\nlocal\n' });
    await repository.git('add', '-A');
    const id = await submit(t, '!echo task >> ../top.txt; pwd', { cwd: join(repository.path, 'sub') });
    await finished(t, id);
    expect(await outputOf(t, id)).toMatch(/\/sub\n$/);
    await repository.git('commit', '-qm', 'second');
    await repository.git('commit', '--amend', '-qm', 'rewritten');
    await repository.git('reflog', 'expire', '--expire=now', '--all');
    await repository.git('gc', '-q', '--prune=now');
    const apply = await t.prefish(['tasks', 'apply', id], { cwd: join(repository.path, 'sub') });
    expect(apply).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(join(repository.path, 'top.txt'), 'utf8')).toBe('top\ntask\n');
    await repository.git('gc', '-q', '--prune=now');
    expect(await t.prefish(['tasks', 'undo'], { cwd: join(repository.path, 'sub') })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await readFile(join(repository.path, 'top.txt'), 'utf8')).toBe('top\n');
  });

  test('cancel leaves no process, says canceled, and a finished task stays finished', async () => {
    await using t = await sandboxHome();
    const repository = await t.repository({ a: '1\n' });
    const id = await submit(t, `!trap '' TERM INT; (setsid sleep 4242 &) ; echo ready; sleep 4242`, {
      cwd: repository.path,
    });
    const following = t.spawn(['tasks', 'logs', id, '-f']);
    for await (const chunk of following.stdout) if (String(chunk).includes('ready')) break;
    following.kill('SIGKILL');
    const canceled = await t.prefish(['tasks', 'cancel', id, '--json']);
    expect(canceled.code).toBe(0);
    expect(canceled.json()).toMatchObject({ id, state: 'canceled' });
    expect(await sleeping(4242)).toEqual([]);
    expect(await t.prefish(['tasks', 'cancel', id])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^task \d+ was canceled already; nothing was canceled\n$/),
    });
    expect(await t.prefish(['tasks', 'retry', id, '--json'])).toMatchObject({ code: 0 });
    const retried = (await show(t, '@last')).id;
    expect(retried).not.toBe(id);
    await t.prefish(['tasks', 'cancel', retried]);
    expect(await finished(t, retried)).toMatchObject({ state: 'canceled' });
    expect(await t.prefish(['tasks', 'rm', id])).toMatchObject({ code: 0 });
    expect((await t.prefish(['tasks', 'show', id])).code).toBe(4);
  });
});
