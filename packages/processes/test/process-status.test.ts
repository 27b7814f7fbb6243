import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { isRunning, processGone, processStartTime, processStatus } from '../src/index.ts';
import { startTree } from './start-tree.ts';

beforeEach(({ skip }) => skip(process.platform !== 'linux', 'only Linux tells of processes'));

test('a program may have any name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefish-processes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const program = join(folder, 'a) Z 1 (b');
  await copyFile('/bin/sleep', program);
  const child = spawn(program, ['300'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await processStatus(child.pid!)).toMatchObject({ parent: process.pid });
  expect(await processStartTime(child.pid!)).toMatch(/^\d+@[0-9a-f-]{36}$/);
  child.kill('SIGKILL');
  await processGone(child.pid!);
  expect(await processStartTime(child.pid!)).toBeUndefined();
});

test('one that has ended and was not asked for does not run', async () => {
  // `exec` leaves the child to a program that never asks for it.
  const { pids } = await startTree('sleep 0.05 & echo $!; exec sleep 300', 1);
  await until(async () => !(await isRunning(pids[0]!)), 'the child to end');
  expect(() => process.kill(pids[0]!, 0)).not.toThrow();
});
