import { expect, test } from 'vitest';
import { SentBodies } from '../../src/serve/sent-bodies.ts';

test('has room for a body that was refused in its middle as soon as it says so', () => {
  const sent = new SentBodies({ burst: 100, perSecond: 1e-9 });
  expect(sent.begin('ada', 60)(10)).toBe(0);
  // 40 are left, of which nothing goes with what has to wait.
  for (let time = 0; time < 3; time++) {
    expect(sent.begin('ada', 60)(10)).toBeCloseTo(20e9, -4);
    const unsaid = sent.begin('ada', 0);
    expect([unsaid(30), unsaid(30) > 0]).toEqual([0, true]);
  }
  const [last, other] = [sent.begin('ada', 40), sent.begin('bob', 0)];
  expect([last(10), last(30), other(100)]).toEqual([0, 0, 0]);
  expect(sent.begin('ada', 0)(1)).toBeGreaterThan(0);
});
