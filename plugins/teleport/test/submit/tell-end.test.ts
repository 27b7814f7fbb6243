import { expect, test } from 'vitest';
import type { Task } from '@prefish/protocol';
import { describeEnd, describeQuestion } from '../../src/submit/tell-end.ts';

const task: Task = {
  id: 't1',
  number: 3,
  source: 'server',
  place: 'this machine',
  title: '!x',
  line: '!x',
  state: 'completed',
  attempt: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:12.900Z',
  sandbox: 'none',
  network: 'full',
};
const result = { commit: 'c', branch: 'b', files: 1, insertions: 2, deletions: 1 };

test.each<[Partial<Task>, string]>([
  [{ result }, 'task 3 completed · 0:12 · +2 −1 in 1 file'],
  [
    { endedAt: '2026-01-01T01:02:03.000Z', result: { ...result, files: 2 } },
    'task 3 completed · 1:02:03 · +2 −1 in 2 files',
  ],
  [{ state: 'failed', exit: { code: 1 } }, 'task 3 failed (exit 1) · 0:12'],
  [{ state: 'failed', reason: 'time\u001bout' }, 'task 3 failed (time\ufffdout) · 0:12'],
])('the end of a task in words: %o', (ended, words) => {
  expect(describeEnd({ ...task, ...ended })).toBe(words);
});

test('what a task asks, in words that drive no terminal', () => {
  const asked = {
    seq: 1,
    at: '',
    type: 'question',
    id: 'q',
    text: 'Delete\u001b[2J?',
    choices: ['Yes', 'No'],
  } as const;
  expect(describeQuestion(task, asked)).toBe('task 3 asks: Delete\ufffd[2J? (Yes / No) · /tasks answer 3 …');
});
