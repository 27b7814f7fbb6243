import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Guard } from '../../src/cluster/guard.ts';
import { startProgram } from '../fixtures/child.ts';
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
