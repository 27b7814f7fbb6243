import type { Out } from '@prefish/core';
import { expect, test } from 'vitest';
import { afterSubmission } from '../../src/submit/after-submission.ts';

function recorded(): { readonly out: Out; readonly said: unknown[] } {
  const said: unknown[] = [];
  return {
    said,
    out: {
      write: (text) => void said.push(text),
      line: (text) => void said.push(text),
      event: (event) => void said.push(event),
      record: (event) => void said.push(event),
      warn: (code) => void said.push(code),
      drain: () => Promise.resolve(),
    },
  };
}

const submitted = { type: 'state', state: 'submitted', task: 't1' } as const;

test('what was said before the state of the task comes after it, in order; the rest as it is said', () => {
  const { out, said } = recorded();
  const delayed = afterSubmission(out);
  delayed.out.warn('PREFISH_MEANT_COMMAND', 'reads like a command');
  delayed.out.line('a line');
  delayed.out.event({ type: 'progress', what: 'upload', done: 1 });
  expect(said).toEqual([]);
  delayed.out.event(submitted);
  delayed.out.line('another');
  expect(said).toEqual([
    submitted,
    'PREFISH_MEANT_COMMAND',
    'a line',
    { type: 'progress', what: 'upload', done: 1 },
    'another',
  ]);
});

test('nothing is lost of a line that is refused', () => {
  const { out, said } = recorded();
  const { out: delayed, release } = afterSubmission(out);
  delayed.warn('PREFISH_MEANT_COMMAND', 'reads like a command');
  release();
  release();
  expect(said).toEqual(['PREFISH_MEANT_COMMAND']);
});
