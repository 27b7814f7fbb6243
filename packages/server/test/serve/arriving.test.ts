import { expect, test } from 'vitest';
import { Arriving } from '../../src/serve/arriving.ts';

const [mebibyte, room] = [2 ** 20, 100 * 2 ** 20];

test('pushes of an account together bring no more than it has room for; those of another do not count', () => {
  const arriving = new Arriving();
  const [first, second] = [arriving.begin('ada', room), arriving.begin('ada', room)];
  const other = arriving.begin('bob', room);
  expect([first, other, second].map((push) => push.take(50 * mebibyte))).toEqual([true, true, true]);
  expect(arriving.of('ada')).toBe(room);
  // Of a single one that is a little too large, git says so itself.
  expect(second.take(2 * mebibyte)).toBe(false);
  second.end();
  expect(arriving.of('ada')).toBe(50 * mebibyte);
  expect(first.take(50 * mebibyte)).toBe(true);
  first.end();
  first.end();
  other.end();
  expect([arriving.of('ada'), arriving.of('bob')]).toEqual([0, 0]);
});
