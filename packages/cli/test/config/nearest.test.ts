import { expect, test } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';

const keys = ['$schema', 'plugins', 'prefixes', 'server', 'network', 'carry'];

test.each([
  ['prefxes', 'prefixes'],
  ['Plugin', 'plugins'],
  ['schema', '$schema'],
  ['sever', 'server'],
  ['colour', undefined],
  ['x', undefined],
])('%s: %s', (word, meant) => {
  expect(nearest(word, keys)).toBe(meant);
});
