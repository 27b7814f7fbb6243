import { beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { isRunning, signalTree } from '../src/index.ts';
import { startTree } from './start-tree.ts';

beforeEach(({ skip }) => skip(process.platform !== 'linux', 'only Linux tells of processes'));

test('a signal reaches who left the session, and who dropped the environment', async () => {
  const tree = await startTree(
    `setsid sleep 300 & echo $!
     setsid env -i sleep 300 & echo $!
     sleep 300 & echo $!`,
    3,
  );
  expect(await signalTree(tree, 0)).toBe(true);
  expect(await signalTree(tree, 'SIGKILL')).toBe(true);
  await until(async () => !(await signalTree(tree, 0)), 'all to be gone');
  expect(await Promise.all([tree.pid, ...tree.pids].map(isRunning))).toEqual([false, false, false, false]);
});

test('the tree of another is left alone', async () => {
  const [one, other] = await Promise.all([startTree('echo $$', 1), startTree('echo $$', 1)]);
  await signalTree(one, 'SIGKILL');
  await until(async () => !(await isRunning(one.pid)), 'one to end');
  expect(await isRunning(other.pid)).toBe(true);
});
