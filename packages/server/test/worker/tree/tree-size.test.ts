import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SubmitTask } from '@prefish/protocol';
import { needs } from '../../../../../test/support/needs.ts';
import { until } from '../../../../../test/support/until.ts';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';

needs('bubblewrap');

let host: TaskHost;
afterEach(() => host.remove());

const ways = [
  ['laid over a base', 1],
  ['checked out', Number.MAX_SAFE_INTEGER],
] as const;

describe.each(ways)('a snapshot that is %s', (_, worthwhile) => {
  beforeEach(() => {
    host = createTaskHost({ worthwhile });
    host.write('a.txt', 'a\n');
    host.git('add', '-A');
    host.git('commit', '-qm', 'first');
  });

  it('is refused when it holds more files than a task may begin with, before any of them is written', async () => {
    // Ten folders that hold the same ten, ten levels deep: ten thousand million files in two kilobytes.
    const bomb = await pushed(levels(10));
    const begun = performance.now();
    const running = host.run(await submitted({ snapshot: bomb }));
    await expect(running).rejects.toMatchObject({
      code: 'PREFISH_LIMIT',
      message: expect.stringMatching(/\d{6,} files or more.* 750000/),
      hint: expect.stringContaining('limits: { files: 1500000 }'),
    });
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(left()).toEqual([]);
  });

  it('is refused when its files are larger than a task may begin with, though it is sent as one', async () => {
    const blob = objectOf(randomBytes(2 ** 20));
    const entries = Array.from({ length: 60 }, (_each, index) => `100644 blob ${blob}\t${index}`);
    const running = host.run(await submitted({ snapshot: await pushed(treeOf(entries)) }), {
      limits: { disk: 50 * 2 ** 20 },
    });
    await expect(running).rejects.toMatchObject({
      code: 'PREFISH_LIMIT',
      message: expect.stringMatching(/ 60 MB of files.* 50 MB/),
      hint: expect.stringContaining('disk: "100 MB"'),
    });
    expect(left()).toEqual([]);
  });

  it('is refused when what git would compare it with is too large', async () => {
    const base = { commit: await pushed(levels(10)), branch: 'main', dirty: 0, untracked: 0 };
    await expect(host.run(await submitted({ base }))).rejects.toMatchObject({ code: 'PREFISH_LIMIT' });
    expect(left()).toEqual([]);
  });

  it('is not refused for what of the last commit stays at home: nobody checks that out', async () => {
    host.write('a.txt', randomBytes(2 ** 20));
    host.git('commit', '-qam', 'large');
    host.write('a.txt', 'a\n');
    await expect(host.run(await submitted({}), { limits: { disk: 2 ** 19 } })).resolves.toMatchObject({
      exit: { code: 0 },
    });
  });

  it('is let go of as soon as its task is cancelled, in the midst of a hundred thousand files', async () => {
    const request = await submitted({ snapshot: await pushed(levels(5)) });
    const stop = new AbortController();
    const running = host.run(request, { signal: stop.signal });
    running.catch(() => {});
    await until(holdsFiles, 'a checkout that has begun');
    const begun = performance.now();
    stop.abort();
    await expect(running).rejects.toThrow();
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
    await until(() => left().length === 0, 'what was written to be gone', 60_000);
  });
});

/** What of workspaces is in the server's folder, or was put aside to be made or removed. */
function left(): string[] {
  return ['work', 'farms', 'aside'].flatMap((name) => {
    const folder = join(host.folder, name);
    return existsSync(folder) ? readdirSync(folder).map((entry) => join(folder, entry)) : [];
  });
}

/** Whether a checkout has begun to write. */
function holdsFiles(): boolean {
  return left().some((path) => {
    const tree = join(path, 'tree');
    return existsSync(tree) && readdirSync(tree).length > 0;
  });
}

async function submitted(more: Partial<SubmitTask>): Promise<SubmitTask> {
  return host.submit('true', more);
}

/** Writes the tree of a commit into the mirror. */
async function pushed(tree: string): Promise<string> {
  const commit = host.git('commit-tree', tree, '-m', 'large');
  const { remote } = await host.repositories.locate('abcdefgh12345678');
  host.git('push', '-q', remote, `${commit}:refs/prefish/snapshots/large`);
  return commit;
}

/** A tree of ten trees of ten trees, so many levels deep, and in the end of ten files. */
function levels(count: number): string {
  const blob = objectOf(Buffer.from('x'));
  const ten = (entry: string): string =>
    treeOf(Array.from({ length: 10 }, (_each, index) => `${entry}\t${index}`));
  let tree = ten(`100644 blob ${blob}`);
  for (let level = 1; level < count; level += 1) tree = ten(`040000 tree ${tree}`);
  return tree;
}

function objectOf(content: Buffer): string {
  return execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: host.root, input: content })
    .toString()
    .trim();
}

function treeOf(entries: readonly string[]): string {
  return execFileSync('git', ['mktree'], { cwd: host.root, input: `${entries.join('\n')}\n` })
    .toString()
    .trim();
}
