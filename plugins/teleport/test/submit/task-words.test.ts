import { expect, test } from 'vitest';
import type { Task } from '@prefish/protocol';
import {
  answerCommand,
  describeEnd,
  describeQuestion,
  describeSubmission,
} from '../../src/submit/task-words.ts';

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
  [{ result }, 'task 3 completed · 0:12 · +2 −1 in 1 file · !x'],
  [
    { endedAt: '2026-01-01T01:02:03.000Z', result: { ...result, files: 2 } },
    'task 3 completed · 1:02:03 · +2 −1 in 2 files · !x',
  ],
  [{ state: 'failed', exit: { code: 1 } }, 'task 3 failed (exit 1) · 0:12 · !x'],
  [
    { state: 'failed', reason: 'worker-lost' },
    'task 3 failed (its server ended) · 0:12 · !x · prefish tasks retry t1 runs it again',
  ],
  [{ state: 'failed', reason: 'time\u001bout' }, 'task 3 failed (time\ufffdout) · 0:12 · !x'],
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
  expect(describeQuestion(task, asked)).toBe('task 3 asks: Delete\ufffd[2J? (Yes / No)');
  expect(answerCommand('3', asked)).toBe('prefish tasks answer 3 yes');
  const spoken = { ...asked, choices: ['Yes, always', 'No'] };
  expect(answerCommand('3', spoken, 'q')).toBe('prefish tasks answer 3 q 1');
});

test('a task that was submitted, with its number and why it does not begin', () => {
  const submitted = { ...task, state: 'submitted' } as const;
  expect(describeSubmission([submitted])).toBe('task 3 submitted (t1) · prefish tasks to watch');
  const waits = { ...submitted, reason: 'waits for a free worker, 2 of 2 busy' };
  expect(describeSubmission([waits])).toContain(' · waits for a free worker, 2 of 2 busy · ');
});

test('of a long title its beginning', () => {
  expect(describeEnd({ ...task, title: `${'x'.repeat(60)}\nmore` })).toMatch(/ · x{49}…$/);
});
