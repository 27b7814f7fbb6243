import { expect, test } from 'vitest';
import { canFollow, createTaskId, isFinal, taskIdPattern, taskStates } from '../src/index.ts';

test('final states are final, and only those', () => {
  expect(taskStates.filter(isFinal)).toEqual(['completed', 'failed', 'canceled', 'rejected']);
  for (const state of taskStates.filter(isFinal))
    expect(taskStates.filter((next) => canFollow(state, next))).toEqual([]);
});

test('a task that was never taken cannot have completed', () => {
  expect(canFollow('submitted', 'completed')).toBe(false);
  expect(canFollow('working', 'completed')).toBe(true);
});

test('ids look like ids and never like numbers', () => {
  const ids = new Set(Array.from({ length: 1000 }, createTaskId));
  expect(ids.size).toBe(1000);
  for (const id of ids) expect(id).toMatch(taskIdPattern);
});
