import { expect, test } from 'vitest';
import { formatDuration } from '../src/index.ts';

test.each([
  [-5, '0:00'],
  [0, '0:00'],
  [7999, '0:07'],
  [750_000, '12:30'],
  [3_599_000, '59:59'],
  [3_723_000, '1:02:03'],
  [90_000_000, '25:00:00'],
])('%i ms are %s', (milliseconds, words) => {
  expect(formatDuration(milliseconds)).toBe(words);
});
