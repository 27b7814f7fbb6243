import { expect, test } from 'vitest';
import { RefList } from '../../src/serve/ref-list.ts';

const line = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;

test.each([1, 3, 4, 1000])(
  'a list of refs is as long as it is, whatever comes behind it, by %i bytes',
  (size) => {
    const refs = line('one') + line('x'.repeat(300));
    const body = Buffer.from(`${refs}0000PACK${'00ff'.repeat(100)}`);
    const list = new RefList();
    for (let at = 0; at < body.length; at += size) list.take(body.subarray(at, at + size));
    expect(list.length).toBe(refs.length + 4);
  },
);

test('a list that does not end grows', () => {
  const list = new RefList();
  for (let count = 0; count < 100; count++) list.take(Buffer.from(line('x'.repeat(96))));
  expect(list.length).toBe(10_000);
});
