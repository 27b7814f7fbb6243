import { expect, test } from 'vitest';
import { Holdings } from '../../src/serve/holdings.ts';

test('holds so much for each, and so much for all, until it is released', () => {
  const holdings = new Holdings({ each: 60, all: 100 });
  const refused = expect.objectContaining({ code: 'PREFISH_LIMIT', retryAfter: 1 });
  const [first, second] = [holdings.open('ada'), holdings.open('ada')];
  first.take(40);
  expect(() => second.take(30)).toThrow(refused);
  // What was refused is not counted.
  second.take(20);
  const bob = holdings.open('bob');
  expect(() => bob.take(50)).toThrow(refused);
  first.release();
  bob.take(50);
  second.release();
  first.take(40);
  for (const holding of [first, second, bob]) holding.release();
  holdings.open('eve').take(60);
});
