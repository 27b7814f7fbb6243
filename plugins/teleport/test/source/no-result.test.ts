import { expect, test } from 'vitest';
import type { Services } from '../../src/services.ts';
import { describeNoResult } from '../../src/source/no-result.ts';

const [one, several] = [1, 2].map((count) => ({ servers: Array(count) as Services['servers'] }));
const task = { id: 'tabcdef', number: 19 };

test('what a lost worker left is not called nothing, and the way to it is named', () => {
  const lost = { ...task, state: 'failed', reason: 'worker-lost' } as const;
  expect(describeNoResult(one!, lost)).toEqual({
    message: 'What task 19 changed was lost with its server or worker',
    hint: 'prefish tasks retry 19 runs it again',
  });
  expect(describeNoResult(several!, lost).hint).toBe('prefish tasks retry tabcdef runs it again');
});

test('nor is what there was no room for', () => {
  const full = { ...task, state: 'failed', reason: 'no-space' } as const;
  expect(describeNoResult(one!, full).message).toBe('Nothing of what task 19 changed was kept (no-space)');
});

test.each([
  { state: 'completed' },
  { state: 'failed' },
  { state: 'failed', reason: 'timeout' },
  { state: 'canceled', reason: 'canceled' },
  { state: 'failed', reason: 'dependency-failed' },
] as const)('%j changed nothing', (end) => {
  expect(describeNoResult(one!, { ...task, ...end })).toEqual({ message: 'Task 19 changed nothing' });
});
