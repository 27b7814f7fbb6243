import { expect, test } from 'vitest';
import { Turns } from '../src/turns.ts';

test('what is asked under one key waits for its turn, and holds up nobody else', async () => {
  const turns = new Turns(2);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const job = (key: string, name: string): Promise<string> =>
    turns.during(key, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (name === 'b') throw new Error('failed');
      return name;
    });
  const jobs = ['a', 'b', 'c', 'd'].map((name) => job('ada', name).catch(() => 'none'));
  const other = job('bob', 'e');
  await Promise.resolve();
  expect(begun).toEqual(['a', 'b', 'e']);
  for (let index = 0; index < 5; index++) {
    ends[index]!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(begun).toEqual(['a', 'b', 'e', 'c', 'd']);
  expect(await Promise.all([...jobs, other])).toEqual(['a', 'none', 'c', 'd', 'e']);
  ends.length = 0;
  const again = job('ada', 'f');
  ends[0]!();
  expect(await again).toBe('f');
});
