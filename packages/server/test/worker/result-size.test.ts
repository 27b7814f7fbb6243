import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTaskHost, type TaskHost } from '../fixtures/task-host.ts';
import { needs } from '../../../../test/support/needs.ts';

needs('bubblewrap');

let host: TaskHost;
beforeEach(() => {
  host = createTaskHost();
  host.write('.gitignore', 'ignored\n');
  host.write('a.txt', 'a\n');
  host.git('add', '-A');
  host.git('commit', '-qm', 'first');
});
afterEach(() => host.remove());

const megabyte = 2 ** 20;

const manyNames = [
  ['files', 'touch d/x'],
  ['links', 'ln -s x d/x'],
] as const;
it.each(manyNames)(
  'a result of more %s than a task may add is no result, and its task has failed for it',
  async (_, make) => {
    // By many names one, which is not counted as more while the task runs.
    const line = `mkdir d; ${make}; for i in $(seq 1500); do ln -P d/x d/$i; done; echo changed > a.txt; exit 0`;
    const run = await host.run(await host.submit(line), { limits: { files: 1000 } });
    expect(run).toMatchObject({ exit: { code: 0 }, reason: 'files' });
    expect(run.result).toBeUndefined();
    expect(run.events).toContainEqual({
      type: 'warning',
      code: 'PREFISH_TASK_LIMIT',
      message: 'the task left more than 1000 new or changed files: none of them was kept',
      hint: 'limits: { files: 2000 } in prefish.config.yaml, where the server runs, gives tasks more.',
    });
    expect(readdirSync(join(host.folder, 'work'))).toEqual([]);
  },
);

it('nor is one that is larger than a task may write, though it takes no room: somebody would have to read it', async () => {
  const line = 'for i in $(seq 100); do truncate -s 1023M sparse-$i; done';
  const begun = performance.now();
  const run = await host.run(await host.submit(line));
  expect(run).toMatchObject({ exit: { code: 0 }, reason: 'disk' });
  expect(run.result).toBeUndefined();
  expect(run.events).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/left .* GB .* 20 GB/) }),
  );
  expect(performance.now() - begun).toBeLessThan(15_000);
});

it('nor one of thousands of files that are long and empty', async () => {
  const run = await host.run(await host.submit('mkdir d; cd d; truncate -s 4G $(seq 1001)'));
  expect(run).toMatchObject({ exit: { code: 0 }, reason: 'disk' });
  expect(run.events).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/left 1001 files/) }),
  );
});

it('what is ignored, and what the snapshot brought along, is none of it', async () => {
  for (let index = 0; index < 60; index += 1) host.write(`many/${index}`, `${index}\n`);
  const line = 'mkdir ignored; cd ignored; touch $(seq 60); truncate -s 30M sparse; echo b > ../a.txt';
  const run = await host.run(await host.submit(line), { limits: { files: 150, disk: 10 * megabyte } });
  expect(run).toMatchObject({ exit: { code: 0 }, result: { files: 1 } });
  expect(run.reason).toBeUndefined();
});

it('an ignored file that is long and empty is no loss, however many there are', async () => {
  const line = 'mkdir ignored; cd ignored; truncate -s 2G $(seq 1001); echo b > ../a.txt';
  const run = await host.run(await host.submit(line));
  expect(run).toMatchObject({ exit: { code: 0 }, result: { files: 1 } });
  expect(run.events.filter(({ type }) => type === 'warning')).toEqual([]);
});
