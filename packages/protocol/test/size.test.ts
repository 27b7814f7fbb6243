import { expect, test } from 'vitest';
import { formatBytes } from '../src/index.ts';

test.each([
  [0, '0 B'],
  [912, '912 B'],
  [1023, '1023 B'],
  [1024, '1 KB'],
  [1740, '1.7 KB'],
  [99.96 * 1024, '100 KB'],
  [1023.6 * 1024, '1 MB'],
  [500_000_000, '477 MB'],
  [20 * 2 ** 30, '20 GB'],
  [1.25 * 2 ** 40, '1.3 TB'],
  [5000 * 2 ** 40, '5000 TB'],
])('%d bytes are %s', (bytes, said) => {
  expect(formatBytes(bytes)).toBe(said);
});
