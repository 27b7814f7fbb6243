import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { processesWithEnvironment } from '../../../../test/support/processes.ts';
import { Guard } from '../../src/cluster/guard.ts';
import { startProgram } from '../fixtures/child.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { stuckBubblewrap } from '../fixtures/stuck-bubblewrap.ts';
import { until } from '../fixtures/until.ts';

const startSleep = () => spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });

test('ends what is not held any longer, and nothing else', async () => {
  const guard = new Guard(() => {});
  const [forgotten, held, released] = [startSleep(), startSleep(), startSleep()];
  try {
    guard.hold(released.pid!, 100);
    guard.release(released.pid!);
    guard.hold(held.pid!, 60_000);
    guard.hold(forgotten.pid!, 60_000);
    guard.hold(forgotten.pid!, 100);
    expect(await once(forgotten, 'exit')).toEqual([null, 'SIGKILL']);
    expect([held, released].map(({ signalCode }) => signalCode)).toEqual([null, null]);
    guard.close();
    expect(await once(held, 'exit')).toEqual([null, 'SIGKILL']);
    expect(released.signalCode).toBe(null);
  } finally {
    for (const child of [forgotten, held, released]) child.kill('SIGKILL');
  }
});

test.each(['SIGSTOP', 'SIGKILL'] as const)('ends what a process holds that gets %s', async (signal) => {
  const child = startSleep();
  try {
    const holder = startProgram('hold-process.ts', [String(child.pid), '1500']);
    await until(() => holder.lines[0] === 'held');
    holder.child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  } finally {
    child.kill('SIGKILL');
  }
});

describe('of a sandbox', () => {
  needs('bubblewrap');

  test('ends the child too that was not let begin', async () => {
    using folder = temporaryFolder();
    using stuck = stuckBubblewrap(folder.path);
    const mark = { STUCK: folder.path };
    const left = (): Promise<number[]> => processesWithEnvironment(`STUCK=${folder.path}`);
    const args = [
      '--json-status-fd',
      '4',
      '--unshare-all',
      '--die-with-parent',
      '--ro-bind',
      '/',
      '/',
      'sleep',
      '600',
    ];
    const stdio = ['ignore', 'ignore', 'ignore', 'ignore', openSync(stuck.pipe, 'w')] as const;
    const child = spawn('bwrap', args, {
      detached: true,
      env: { PATH: process.env['PATH'], ...mark },
      stdio: [...stdio],
    });
    await until(async () => (await left()).length === 2);
    const guard = new Guard(() => {});
    guard.hold(child.pid!, 1);
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    guard.close();
    await until(async () => (await left()).length === 0);
  });
});
