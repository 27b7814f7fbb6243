import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Guard } from '../../src/cluster/guard.ts';
import { HeldLease } from '../../src/queue/held-lease.ts';
import type { Store } from '../../src/store/store.ts';

test('lets go of a process for good at its end, though an answer to a beat comes after that', async () => {
  const guard = new Guard(() => {});
  const [own, other] = ['own', 'other'].map(() =>
    spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }),
  );
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<'held'>();
  const beat = (): Promise<'held'> => (asked.resolve(), answer.promise);
  const lease = new HeldLease({
    lease: { id: 'a', attempt: 1 },
    times: { seconds: 1, beatSeconds: 0.05 },
    store: { beat } as Partial<Store> as Store,
    log: () => {},
    fields: {},
    guard,
    stop: () => {},
  });
  try {
    lease.hold(own!.pid!);
    await asked.promise;
    lease.close();
    answer.resolve('held');
    await answer.promise;
    // Told of last, and ended last: the time of the first would be over.
    guard.hold(other!.pid!, 1200);
    await once(other!, 'exit');
    expect(own!.signalCode).toBe(null);
  } finally {
    guard.close();
    for (const child of [own, other]) child!.kill('SIGKILL');
  }
});
