import { expect, test } from 'vitest';
import { RateLimit } from '../../src/auth/rate-limit.ts';

test('a rate lets a burst through, and then one after the other, each key for itself', () => {
  const limit = new RateLimit({ burst: 3, perSecond: 2 });
  expect([1, 2, 3].map(() => limit.take('ada', 0))).toEqual([0, 0, 0]);
  expect(limit.take('ada', 0)).toBeCloseTo(0.5);
  expect(limit.take('bob', 0)).toBe(0);
  expect(limit.take('ada', 400)).toBeCloseTo(0.1);
  expect(limit.take('ada', 500)).toBe(0);
  expect(limit.take('ada', 501)).toBeGreaterThan(0);
  expect([1, 2, 3, 4].map(() => limit.take('ada', 1e6) > 0)).toEqual([false, false, false, true]);
});
