import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../../../test/support/needs.ts';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';

needs('bubblewrap', 'overlays');

/** Every path below a folder, with its kind, mode, time and content. */
function everything(folder: string): string {
  return execFileSync(
    'sh',
    ['-c', 'find . -printf "%p %y %m %T@ %l\\n" | sort; find . -type f -exec md5sum {} + | sort'],
    { cwd: folder, encoding: 'utf8' },
  );
}

const change = [
  'echo changed > a.txt',
  'rm sub/b.txt',
  'mv sub moved',
  'mkdir -p new/deep; echo new > new/deep/file',
  'ln -s /etc new/link',
  'chmod +x c.txt',
].join('; ');

describe('a tree that is laid over a base', () => {
  let host: TaskHost;
  beforeEach(() => {
    host = createTaskHost({ worthwhile: 1 });
    for (const name of ['a.txt', 'c.txt', 'sub/b.txt', 'sub/d.txt']) host.write(name, `${name}\n`);
    host.write('.gitignore', 'node_modules\n');
    host.git('add', '-A');
    host.git('commit', '-qm', 'first');
  });
  afterEach(() => host.remove());

  const bases = (): string[] => {
    const [mirror] = readdirSync(join(host.folder, 'bases'));
    return readdirSync(join(host.folder, 'bases', mirror!)).map((commit) =>
      join(host.folder, 'bases', mirror!, commit),
    );
  };

  test('is to the task and in its result what a checkout is', async () => {
    const plain = createTaskHost({ worthwhile: Number.MAX_SAFE_INTEGER });
    try {
      const look =
        'git status --short; git log --oneline | wc -l; find . -path ./.git -prune -o -print | sort';
      const files = ['a.txt', 'c.txt', 'sub/b.txt', 'sub/d.txt', '.gitignore'];
      for (const name of files) plain.write(name, readFileSync(join(host.root, name)));
      plain.git('add', '-A');
      plain.git('commit', '-qm', 'first');
      const said: string[] = [];
      const trees: string[] = [];
      for (const each of [host, plain]) {
        each.write('sub/untracked.txt', 'untracked\n');
        const run = await each.run(
          await each.submit(`${look}; ${change}; git status --short | sort; ${look}`),
        );
        expect(run.exit).toEqual({ code: 0 });
        said.push(run.stdout);
        const { remote } = await each.repositories.locate('abcdefgh12345678');
        const git = ['--git-dir', remote, 'ls-tree', '-r', run.result!.commit];
        trees.push(execFileSync('git', git, { encoding: 'utf8' }));
      }
      expect(said[0]).toBe(said[1]);
      expect(trees[0]).toBe(trees[1]);
      expect(said[0]).toContain('?? sub/untracked.txt');
      expect(readdirSync(join(plain.folder)).includes('bases')).toBe(false);
      expect(bases()).toHaveLength(1);
    } finally {
      plain.remove();
    }
  });

  test('never changes the base, which serves the next snapshots until they are far from it', async () => {
    await host.run(await host.submit('true'));
    const base = join(bases()[0]!, 'tree');
    const before = everything(base);
    host.write('a.txt', 'edited\n');
    const run = await host.run(await host.submit(`cat a.txt; ${change}`));
    expect(run.stdout).toBe('edited\n');
    expect(everything(base)).toBe(before);
    for (let index = 0; index < 250; index += 1) host.write(`many/${index}.txt`, `${index}\n`);
    expect((await host.run(await host.submit('ls many | wc -l'))).stdout.trim()).toBe('250');
    expect(bases()).toHaveLength(2);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
    await host.trees.tidy({ idle: 0, dryRun: false, signal: new AbortController().signal });
    expect(bases()).toEqual([]);
    expect((await host.run(await host.submit('cat sub/d.txt'))).stdout).toBe('sub/d.txt\n');
  });

  test('has the user’s dependency folders, and writes nothing into them', async () => {
    mkdirSync(join(host.root, 'node_modules/dep/bin'), { recursive: true });
    writeFileSync(join(host.root, 'node_modules/dep/index.js'), 'old\n', { mode: 0o444 });
    for (const name of ['other', 'long', 'time', 'mode'])
      writeFileSync(join(host.root, 'node_modules/dep', name), name);
    execFileSync('ln', ['-s', '../dep/index.js', join(host.root, 'node_modules/link')]);
    const before = everything(join(host.root, 'node_modules'));
    const inode = statSync(join(host.root, 'node_modules/dep/index.js')).ino;
    const line = [
      'cat node_modules/dep/index.js',
      'chmod u+w node_modules/dep/index.js; echo more >> node_modules/dep/index.js',
      'touch node_modules/dep/bin/x; rm node_modules/link; chmod 700 node_modules/dep',
      // By another name, by its length, its time and its mode.
      'ln node_modules/dep/other mine && echo mine >> mine; truncate -s 1 node_modules/dep/long',
      'touch -d 2000-01-01 node_modules/dep/time; chmod 777 node_modules/dep/mode; rm mine',
      'cat node_modules/dep/index.js; ls node_modules',
    ].join('; ');
    const run = await host.run(await host.submit(line, { options: { carry: ['node_modules'] } }));
    expect(run.stdout).toBe('old\nold\nmore\ndep\n');
    expect(run.result).toBeUndefined();
    expect(everything(join(host.root, 'node_modules'))).toBe(before);
    expect(statSync(join(host.root, 'node_modules/dep/index.js'))).toMatchObject({ ino: inode, nlink: 1 });
    expect(readdirSync(join(host.folder, 'farms'))).toEqual([]);
  });

  test('is let go of though somebody stopped what holds it', async () => {
    const stop = new AbortController();
    let holder = 0;
    const run = await host.run(await host.submit('echo ready; sleep 60'), {
      signal: stop.signal,
      onEvents(events) {
        if (!events.some(({ type }) => type === 'output')) return;
        const [work] = readdirSync(join(host.folder, 'work'));
        // nsenter(1) is told whose namespace to enter.
        const { enter } = host.trees.find(join(host.folder, 'work', work!));
        holder = Number(enter[enter.indexOf('--target') + 1]);
        expect(holder).toBeGreaterThan(1);
        process.kill(holder, 'SIGSTOP');
        stop.abort();
      },
    });
    expect(run.exit).toEqual({ signal: 'SIGKILL' });
    expect(existsSync(`/proc/${holder}`)).toBe(false);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  });

  test('keeps what the task left of ignored files', async () => {
    const request = await host.submit('mkdir node_modules; echo kept > node_modules/report', {
      options: { keep: ['node_modules/report'] },
    });
    await host.run(request);
    const kept = join(host.folder, 'kept', request.id, '1/node_modules/report');
    expect(readFileSync(kept, 'utf8')).toBe('kept\n');
  });

  test('is a plain checkout where the task runs unsandboxed', async () => {
    const request = await host.submit('cat a.txt', { options: { unsandboxed: true } });
    const run = await host.run(request, { mode: 'none' });
    expect(run).toMatchObject({ stdout: 'a.txt\n', sandbox: 'none' });
    expect(readdirSync(host.folder)).not.toContain('bases');
  });
});
