import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { late, within } from '../src/deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what answers in time is the answer', async () => {
  expect(await within(1000, Promise.resolve('answer'))).toBe('answer');
  await expect(within(1000, Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});

test('what does not is late, and no sooner', async () => {
  const ended = vi.fn<(end: unknown) => void>();
  void within(1000, new Promise(() => {})).then(ended);
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toHaveBeenCalledWith(late);
});
