import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskHost, type TaskHost, type TaskRun } from '../../fixtures/task-host.ts';
import { needs } from '../../../../../test/support/needs.ts';

needs('bubblewrap');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
  host.write('a.txt', 'a\n');
  host.git('add', '-A');
  host.git('commit', '-qm', 'base');
});
afterEach(() => host.remove());

/** The paths of a task's result. */
async function paths(line: string): Promise<{ readonly run: TaskRun; readonly names: readonly string[] }> {
  const request = await host.submit(line);
  const run = await host.run(request);
  if (run.result === undefined) return { run, names: [] };
  const { files } = await host.repositories.diff(request.repo, request.snapshot, run.result.commit);
  return { run, names: files.map(({ path }) => path) };
}

async function mirror(): Promise<string> {
  return (await host.repositories.locate('abcdefgh12345678')).remote;
}

describe('what a task leaves', () => {
  it('holds nothing that another system would take for a .git', async () => {
    const zero = String.raw`$(printf '.g\342\200\214it')`;
    const { names } = await paths(
      `for d in .GIT .Git 'git~1' .git. '.git ' ${zero}; do mkdir -p "$d/hooks"; echo evil > "$d/hooks/post-checkout"; echo evil > "$d/config"; done; echo fine > ok.txt`,
    );
    expect(names).toEqual(['ok.txt']);
  });

  it('follows no .git that is a file, and gives no program the rights of its owner', async () => {
    const { run, names } = await paths(
      `rm -rf .git; echo 'gitdir: ${host.folder}' > .git; mkdir s; echo 'gitdir: /etc' > s/.git; echo z > s/z; cp /bin/true t; chmod 6777 t`,
    );
    expect(names).toEqual(['s/z', 't']);
    const listed = host.git('--git-dir', await mirror(), 'ls-tree', '-r', run.result!.commit);
    expect(listed.match(/^\d+/gm)).toEqual(['100644', '100644', '100755']);
  });

  it('has no path that leads out of it', async () => {
    const { names } = await paths(
      String.raw`mkdir -p '..%2f..' '...' 'a..' ; for d in '..%2f..' '...' 'a..' ; do echo x > "$d/f"; done; printf x > "$(printf 'back\\..\\slash')"; printf x > "$(printf 'line\nbreak')"; echo x > "-rf"`,
    );
    expect(names.every((name) => !name.split('/').includes('..') && !name.startsWith('/'))).toBe(true);
    expect(names).toEqual(expect.arrayContaining(['.../f', 'a../f', '-rf']));
  });

  it('takes names as long as the file system does', async () => {
    const { run, names } = await paths(
      'n=$(printf "%0255d" 7); echo x > $n; mkdir -p $n.d 2>/dev/null; echo ok',
    );
    expect(run.stdout).toBe('ok\n');
    expect(names).toEqual([`${'0'.repeat(254)}7`]);
  });

  it('runs no hook of a task', async () => {
    const hit = join(host.folder, 'hit');
    const { run } = await paths(
      `for h in pre-commit post-commit post-index-change reference-transaction post-checkout; do printf '#!/bin/sh\\ntouch ${hit}' > .git/hooks/$h; chmod +x .git/hooks/$h; done; git config core.hooksPath $PWD/.git/hooks; echo b > a.txt`,
    );
    expect(run.result).toMatchObject({ files: 1 });
    expect(existsSync(hit)).toBe(false);
  });

  it('is no hole of many gigabytes, which somebody would have to read', async () => {
    const { run, names } = await paths('truncate -s 4T hole; truncate -s 1M small; echo b > a.txt');
    expect(names).toEqual(['a.txt', 'small']);
    expect(run.events).toContainEqual(
      expect.objectContaining({ code: 'PREFISH_RESULT_PARTIAL', message: expect.stringContaining('hole') }),
    );
  });

  it('holds no pipe, socket or device', async () => {
    const socket = `import socket; socket.socket(socket.AF_UNIX).bind("s")`;
    const { run, names } = await paths(
      `mkfifo p; python3 -c '${socket}' 2>/dev/null; mknod c c 1 3 2>/dev/null; mknod b b 8 0 2>/dev/null; ls -l b c 2>/dev/null; cat /dev/sda /dev/vda 2>/dev/null | head -c 1; echo b > a.txt`,
    );
    expect(run.stdout).toBe('');
    expect(names).toEqual(['a.txt']);
  });

  it('is its workspace, though the task tried to put a link in its place', async () => {
    const { run, names } = await paths(
      `cd /; rm -rf ${host.root} 2>/dev/null; mv ${host.root} /tmp/away 2>/dev/null; ln -s / ${host.root}/link; ln -sfn / ${host.root} 2>/dev/null; readlink ${host.root} || echo still a folder`,
    );
    expect(run.stdout).toBe('still a folder\n');
    expect(names.filter((name) => name.startsWith('etc'))).toEqual([]);
    expect(names).toContain('a.txt');
  });

  it('is read by nobody while links change under the reader', async () => {
    mkdirSync(join(host.home, 'secret'));
    host.write('../secret/key', 'hush\n');
    const race = `mkdir d; echo x > d/key; (while :; do rm -rf d; ln -s ${host.home}/secret d; rm -f d; mkdir d; echo x > d/key; done) >/dev/null 2>&1 & sleep 0.3; exit 0`;
    const request = await host.submit(race);
    const { result } = await host.run(request);
    const commit = result?.commit ?? request.snapshot;
    const { patch } = await host.repositories.diff(request.repo, request.snapshot, commit);
    expect(patch).not.toContain('hush');
    expect(readFileSync(join(host.home, 'secret/key'), 'utf8')).toBe('hush\n');
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });
});
