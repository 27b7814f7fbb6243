import { expect, test } from 'vitest';
import { OpenQuestions } from '../../src/queue/open-questions.ts';

test('a question is answered once, by its id and the number that it has now', () => {
  const questions = new OpenQuestions();
  questions.open('a', 3);
  questions.open('a', 5);
  expect(questions.size).toBe(1);
  expect(() => questions.close('a', 3)).toThrow('An earlier attempt');
  questions.close('a', 5);
  expect(() => questions.close('a', undefined)).toThrow('does not ask');
});

test('a flood of questions leaves the newest open, and fills no memory', () => {
  const questions = new OpenQuestions();
  questions.open('x'.repeat(100_000), 1);
  expect(questions.size).toBe(0);
  for (let seq = 1; seq <= 10_000; seq++) questions.open(`q${seq}`, seq);
  expect(questions.size).toBe(100);
  expect(() => questions.close('q9900', undefined)).toThrow('does not ask');
  questions.close('q9901', 9901);
  questions.close('q10000', undefined);
});
