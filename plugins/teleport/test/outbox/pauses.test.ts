import { PrefishError } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { Pauses } from '../../src/outbox/pauses.ts';

const away = new PrefishError('PREFISH_SERVER_UNREACHABLE', 'nobody answers');
const own = new PrefishError('PREFISH_GIT_FAILED', 'a file is gone');

test('the pauses double, up to a minute for a server that is away, and up to an hour for other trouble', () => {
  const longest = (error: Error): number => {
    const pauses = new Pauses();
    expect([1, 2, 3].map(() => pauses.after(['a'], [error]))).toEqual([1000, 2000, 4000]);
    return Math.max(...Array.from({ length: 20 }, () => pauses.after(['a'], [error])));
  };
  expect([longest(away), longest(own)]).toEqual([60_000, 3600_000]);
});

test('a new line does not wait behind the trouble of another', () => {
  const pauses = new Pauses();
  for (let attempt = 0; attempt < 12; attempt += 1) pauses.after(['old', 'older'], [own, own]);
  expect(pauses.hasNew(['old', 'older'])).toBe(false);
  expect(pauses.hasNew(['old', 'older', 'new'])).toBe(true);
  expect(pauses.after(['old', 'older', 'new'], [own, own, own])).toBe(1000);
  expect(pauses.after(['old', 'older', 'new'], [own, own, own])).toBe(2000);
  // Something went out: what is wrong now may be another thing.
  expect(pauses.after(['old', 'new'], [own, own])).toBe(1000);
});
