import { expect, test } from 'vitest';
import { isInside, isInstalled, keyOf, pathOf } from '../../src/trust/trusted-path.ts';

test.each([
  ['/r/a', true],
  ['/r', true],
  ['/r/..a', true],
  ['/ra', false],
  ['/', false],
  ['/x/r/a', false],
])('%s is inside of /r: %s', (path, inside) => {
  expect(isInside(path, '/r')).toBe(inside);
});

test.each([
  ['/n/node_modules/r/a.js', '/n/node_modules/r', false],
  ['/n/node_modules/r/node_modules/b/a.js', '/n/node_modules/r', true],
  ['/r/my_node_modules/a.js', '/r', false],
  ['/r/sub/node_modules/a.js', '/r', true],
  ['/elsewhere/node_modules/a.js', '/r', true],
])('%s, seen from %s, is of an installed package: %s', (path, root, installed) => {
  expect(isInstalled(path, root)).toBe(installed);
});

test.each(['/r/sub/a.ts', '/r/..a', '/elsewhere/a.ts', '/r/__proto__'])('%s has a key of its own', (path) => {
  expect(pathOf(keyOf(path, '/r'), '/r')).toBe(path);
});
