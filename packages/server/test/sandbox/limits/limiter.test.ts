import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHierarchies, readCgroupFacts } from '../../../src/sandbox/limits/hierarchies.ts';
import { createTaskHost, type TaskHost } from '../../fixtures/task-host.ts';
import { has } from '../../../../../test/support/capabilities.ts';
import { needs } from '../../../../../test/support/needs.ts';

const megabyte = 2 ** 20;

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
});
afterEach(() => host.remove());

/** The groups that this process has made and that are still there. */
function groups(): string[] {
  return findHierarchies(readCgroupFacts()).flatMap(({ folder }) =>
    readdirSync(folder).filter((name) => name.startsWith(`prefish-${process.pid}-`)),
  );
}

const bomb = (node: string): string =>
  `'${node}' -e 'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))'`;

describe.each(['bwrap', 'none'] as const)('a task in %s', (kind) => {
  needs('bubblewrap', 'control groups');
  const mode = kind === 'none' ? ({ mode: 'none' } as const) : {};
  const node = kind === 'none' ? process.execPath : '/run/prefish/node';

  it('that takes more memory than it may fails for that, with its exit as it was', async () => {
    const run = await host.run(await host.submit(`${bomb(node)}; code=$?; echo lives on; exit $code`), {
      ...mode,
      limits: { memory: 300 * megabyte },
    });
    expect(run).toMatchObject({ exit: { code: 137 }, reason: 'memory', stdout: 'lives on\n', sandbox: kind });
    expect(run.events.at(-1)).toMatchObject({
      type: 'warning',
      code: 'PREFISH_TASK_LIMIT',
      message: expect.stringContaining('300 MB'),
      hint: expect.stringContaining('memory: "600 MB"'),
    });
    expect(groups()).toEqual([]);
  });

  it('that starts processes without end is held, and gone soon after it was cancelled', async () => {
    const stop = new AbortController();
    let canceledAt = Infinity;
    const line = 'bomb() { bomb | bomb & }; echo begun; bomb 2>/dev/null; sleep 60';
    await host.run(await host.submit(line), {
      ...mode,
      limits: { processes: 100 },
      signal: stop.signal,
      onEvents(events) {
        if (!events.some((event) => event.type === 'output' && event.text.includes('begun'))) return;
        canceledAt = performance.now();
        stop.abort();
      },
    });
    expect(performance.now() - canceledAt).toBeLessThan(10_000);
    expect(groups()).toEqual([]);
  });

  it('that goes on without a process that it lost has not failed', async () => {
    const run = await host.run(await host.submit(`${bomb(node)} || echo handled`), {
      ...mode,
      limits: { memory: 300 * megabyte },
    });
    expect(run).toMatchObject({ exit: { code: 0 }, stdout: 'handled\n' });
    expect(run.reason).toBeUndefined();
  });

  it('that fails for want of processes says so', async () => {
    const line =
      'i=0; while [ $i -lt 200 ]; do sleep 30 >/dev/null 2>&1 & i=$((i+1)); done; echo all of them';
    const run = await host.run(await host.submit(line), { ...mode, limits: { processes: 100 } });
    expect(run).toMatchObject({ exit: { code: 2 }, reason: 'processes', stdout: '' });
  });

  it('that is one process among few lives where it needs no more', async () => {
    const run = await host.run(await host.submit('ls >/dev/null && echo ok'), {
      ...mode,
      limits: { processes: 64, memory: 400 * megabyte, cpus: 0.5 },
    });
    expect(run).toMatchObject({ exit: { code: 0 }, stdout: 'ok\n' });
    expect(run.reason).toBeUndefined();
  });
});

describe('the disk', () => {
  needs('bubblewrap');

  it('takes no more from a task than that may write, wherever it writes', async () => {
    for (const folder of ['.', '/tmp', '$HOME']) {
      const run = await host.run(await host.submit(`head -c 40M /dev/urandom > ${folder}/big; sleep 60`), {
        limits: { disk: 20 * megabyte },
      });
      expect(run).toMatchObject({ exit: { signal: 'SIGKILL' }, reason: 'disk' });
      expect(run.events.at(-1)).toMatchObject({
        code: 'PREFISH_TASK_LIMIT',
        message: expect.stringContaining('20 MB'),
      });
    }
  });

  it('takes no more files from a task than that may add, as soon as it has added them', async () => {
    const line = 'mkdir d; for i in $(seq 3000); do : > d/$i; done; sleep 60';
    const run = await host.run(await host.submit(line), { limits: { files: 1000 } });
    expect(run).toMatchObject({ exit: { signal: 'SIGKILL' }, reason: 'files' });
    expect(run.result).toBeUndefined();
    expect(run.events.at(-1)).toMatchObject({
      code: 'PREFISH_TASK_LIMIT',
      message: expect.stringContaining('1000'),
      hint: expect.stringContaining('files: 2000'),
    });
  });

  it('is not filled by a file without a name either', async ({ skip }) => {
    skip(!has('control groups'), 'no control group here may be divided by this user');
    const line = 'exec 7> x; rm x; head -c 40M /dev/urandom >&7; sleep 60';
    const run = await host.run(await host.submit(line), { limits: { disk: 20 * megabyte } });
    expect(run).toMatchObject({ exit: { signal: 'SIGKILL' }, reason: 'disk' });
  });

  it('counts what is on it: neither holes, nor what came along, nor a file twice', async () => {
    host.write('big', Buffer.alloc(30 * megabyte, 1));
    const line =
      'cp big copy; ln copy again; ln copy /tmp/again 2>/dev/null; truncate -s 100G sparse; touch -d 2000-01-01 copy; sleep 1.5; rm sparse copy again; echo done';
    const run = await host.run(await host.submit(line), { limits: { disk: 50 * megabyte } });
    expect(run).toMatchObject({ exit: { code: 0 }, stdout: 'done\n' });
  });
});
