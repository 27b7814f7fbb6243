import { expect, test } from 'vitest';
import { Arriving } from '../../src/serve/arriving.ts';

test('pushes of an account together bring no more than it has room for; those of another do not count', () => {
  const arriving = new Arriving();
  const [first, second] = [arriving.begin('ada', 100), arriving.begin('ada', 100)];
  const other = arriving.begin('bob', 100);
  expect([first.take(60), other.take(90), second.take(40)]).toEqual([true, true, true]);
  expect(arriving.of('ada')).toBe(100);
  expect(second.take(1)).toBe(false);
  second.end();
  expect(arriving.of('ada')).toBe(60);
  expect(first.take(40)).toBe(true);
  first.end();
  first.end();
  other.end();
  expect([arriving.of('ada'), arriving.of('bob')]).toEqual([0, 0]);
});
