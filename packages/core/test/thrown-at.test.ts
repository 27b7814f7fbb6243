import { expect, test } from 'vitest';
import { thrownAt } from '../src/thrown-at.ts';

const thrown = (stack: unknown): Error => Object.defineProperty(new Error('x'), 'stack', { value: stack });
const kernel = new URL('../src/route.ts', import.meta.url);

test.each([
  ['a module', 'Error: x\n    at run (file:///home/me/greet.ts:12:5)', ' (greet.ts:12)'],
  ['a script', 'Error: x\n    at /home/me/a b/greet.cjs:3:1', ' (greet.cjs:3)'],
  ['a promise', 'Error: x\n    at async run (file:///home/me/greet.ts:12:5)', ' (greet.ts:12)'],
  [
    'something that Node was asked for',
    'Error: x\n    at readFileSync (node:fs:3:1)\n    at file:///greet.ts:2:3',
    ' (greet.ts:2)',
  ],
  ['the kernel', `Error: x\n    at f (${kernel}:3:1)\n    at main (file:///home/me/main.ts:1:1)`, ''],
  ['a message that looks like a place', 'Error: at /home/me/x.ts:1:1', ''],
  ['nowhere', undefined, ''],
])('%s', (_who, stack, expected) => {
  expect(thrownAt(thrown(stack))).toBe(expected);
});

test('anything may be thrown, an error that throws when looked at too', () => {
  const hostile = Object.defineProperty(new Error('x'), 'stack', {
    get: () => {
      throw new Error('do not look');
    },
  });
  for (const each of [hostile, null, 'text', {}]) expect(thrownAt(each)).toBe('');
});
