import { expect, test } from 'vitest';
import { plainLoginCode } from '../src/login-code.ts';

test('a code is known however it was typed, and what cannot be one is none', () => {
  const plain = '7K2QD0123456789ABCD1';
  for (const typed of ['7K2QD-01234-56789-ABCD1', ' 7k2qd o1234 56789 abcdi\n', '7K2QD0L23456789ABCDL']) {
    expect(plainLoginCode(typed), typed).toBe(plain);
  }
  for (const typed of [
    '',
    'code',
    '7K2QD-01234-56789-ABCD',
    '7K2QD-01234-56789-ABCDEF',
    '7K2QD-01234-56789-ABCDU',
  ]) {
    expect(plainLoginCode(typed), typed).toBeUndefined();
  }
});
