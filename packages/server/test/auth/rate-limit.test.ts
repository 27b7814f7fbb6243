import { expect, test } from 'vitest';
import { RateLimit } from '../../src/auth/rate-limit.ts';

test('a rate lets a burst through, and then one after the other, each key for itself', () => {
  const limit = new RateLimit({ burst: 3, perSecond: 2 });
  const take = (key: string, now: number): number => limit.take(key, { now });
  expect([1, 2, 3].map(() => take('ada', 0))).toEqual([0, 0, 0]);
  expect(take('ada', 0)).toBeCloseTo(0.5);
  expect(take('bob', 0)).toBe(0);
  expect(take('ada', 400)).toBeCloseTo(0.1);
  expect(take('ada', 500)).toBe(0);
  expect(take('ada', 501)).toBeGreaterThan(0);
  expect([1, 2, 3, 4].map(() => take('ada', 1e6) > 0)).toEqual([false, false, false, true]);
});

test('what costs more waits longer, and takes nothing where it does not fit', () => {
  const limit = new RateLimit({ burst: 10, perSecond: 2 });
  expect(limit.take('ada', { cost: 8, now: 0 })).toBe(0);
  expect(limit.take('ada', { cost: 8, now: 0 })).toBeCloseTo(3);
  expect(limit.take('ada', { cost: 2, now: 0 })).toBe(0);
  expect(limit.take('ada', { cost: 8, now: 4000 })).toBe(0);
});
