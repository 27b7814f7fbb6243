import { expect, test } from 'vitest';
import { spareMemory } from '../../src/server/spare-memory.ts';
import { until } from '../../../../test/support/until.ts';

test('a process at rest keeps nothing of what its work left', async () => {
  let left: string[][] | undefined = Array.from({ length: 200 }, (_, one) =>
    Array.from({ length: 1000 }, (_text, other) => `${one} of ${other}`.repeat(20)),
  );
  const held = new WeakRef(left);
  left = undefined;
  const stop = spareMemory(50);
  try {
    await until(() => held.deref() === undefined, 'what was left to be gone', 20_000);
  } finally {
    stop();
  }
  expect(held.deref()).toBeUndefined();
});
