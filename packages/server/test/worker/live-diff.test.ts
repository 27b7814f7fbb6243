import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TaskDiff } from '@prefish/protocol';
import { needs } from '../../../../test/support/needs.ts';
import type { StoredTask } from '../../src/store/store.ts';
import { LiveDiffs, liveDiff } from '../../src/worker/live-diff.ts';
import { createTaskHost } from '../fixtures/task-host.ts';

needs('bubblewrap');

test.each([
  ['checked out', Number.MAX_SAFE_INTEGER, false],
  ['laid over a base', 1, false],
  ['checked out for another machine', Number.MAX_SAFE_INTEGER, true],
  ['laid over a base for another machine', 1, true],
])(
  'what a running task has changed is told while it goes on, in a tree that is %s',
  async (_, worthwhile, elsewhere) => {
    const host = createTaskHost({ worthwhile });
    try {
      host.write('kept.txt', 'one\n');
      host.write('gone.txt', 'gone\n');
      host.write('.gitattributes', '*.txt filter=evil\n');
      host.write('.gitignore', 'ignored\n');
      host.git('add', '-A');
      host.git('commit', '-q', '-m', 'base');
      const request = await host.submit(
        [
          'echo two >> kept.txt; rm gone.txt; echo new > new.txt; echo x > ignored',
          'mkfifo pipe; ln -s /etc/passwd link; rm -rf sub; mkdir sub; ln -s /etc sub/etc',
          'git config filter.evil.clean "touch $PWD/pwned; cat"',
          'git init -q inner; echo in > inner/file; git -C inner config core.fsmonitor "touch $PWD/pwned"',
          'echo ready; sleep 60',
        ].join('\n'),
      );
      const ended = new AbortController();
      let seen: TaskDiff | undefined;
      let work: string[] = [];
      const run = await host.run(request, {
        signal: ended.signal,
        onEvents: async (events) => {
          if (!events.some((event) => event.type === 'output' && event.text.includes('ready'))) return;
          const stored = {
            owner: '',
            task: { id: request.id, attempt: 1 },
            request: { ...request, elsewhere },
          } as StoredTask;
          seen = await liveDiff(host, stored, new AbortController().signal);
          const [folder] = readdirSync(join(host.folder, 'work'));
          work = readdirSync(host.trees.find(join(host.folder, 'work', folder!)).path);
          ended.abort();
        },
      });
      expect(seen!.files).toEqual([
        { path: 'gone.txt', insertions: 0, deletions: 1, status: 'deleted' },
        { path: 'kept.txt', insertions: 1, deletions: 0, status: 'modified' },
        { path: 'link', insertions: 1, deletions: 0, status: 'added', link: true },
        { path: 'new.txt', insertions: 1, deletions: 0, status: 'added' },
        { path: 'sub/etc', insertions: 1, deletions: 0, status: 'added', link: true },
      ]);
      expect(seen!.patch).toContain('+two');
      expect(seen!.patch).not.toContain('root:');
      expect(work).not.toContain('pwned');
      // The task itself was not disturbed: what it made is still its result.
      expect(work).toEqual(expect.arrayContaining(['pipe', 'inner', '.git']));
      expect(run.result?.files).toBeGreaterThanOrEqual(5);
      expect(existsSync(join(host.root, 'new.txt'))).toBe(false);
    } finally {
      host.remove();
    }
  },
);

test('more than can be looked at meanwhile is said to be, once for all who ask', async () => {
  const host = createTaskHost();
  try {
    const request = await host.submit('truncate -s 300M big; echo ready; sleep 60');
    const ended = new AbortController();
    const stored = { owner: '', task: { id: request.id, attempt: 1 }, request } as StoredTask;
    const diffs = new LiveDiffs(host);
    let asked: readonly PromiseSettledResult<TaskDiff>[] = [];
    await host.run(request, {
      signal: ended.signal,
      onEvents: async (events) => {
        if (!events.some((event) => event.type === 'output' && event.text.includes('ready'))) return;
        const { signal } = new AbortController();
        asked = await Promise.allSettled([diffs.of(stored, signal), diffs.of(stored, signal)]);
        ended.abort();
      },
    });
    const refused = { code: 'PREFISH_LIMIT', message: expect.stringContaining('300 MB') };
    expect(asked).toMatchObject([{ reason: refused }, { reason: refused }]);
    expect((asked[0] as PromiseRejectedResult).reason).toBe((asked[1] as PromiseRejectedResult).reason);
  } finally {
    host.remove();
  }
});
