import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';

const repo = 'abcdefgh12345678';
let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

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

  it('leaves out what git would have to take into memory', async () => {
    const before = await host.submit('true');
    host.write('a', 'a\n');
    for (const name of ['huge', 'z']) host.write(name, '');
    truncateSync(join(host.root, 'huge'), 65 * 2 ** 20);
    const after = await host.submit('true');
    const diff = await host.repositories.diff(repo, before.snapshot, after.snapshot);
    expect(diff.files.map(({ path }) => path)).toEqual(['a', 'huge', 'z']);
    expect(diff.cut).toContain('before "huge", which is too large');
    expect(diff.patch.match(/^diff --git .*$/gm)).toEqual(['diff --git a/a b/a']);
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
