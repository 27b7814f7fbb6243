import type { RunContext, Task } from '@prefish/core';
import { expect, test } from 'vitest';
import { KeptLine } from '../../src/live/kept-line.ts';

const kept = { id: 'tkept', number: 0, source: 'remote', state: 'submitted' } as Task;
const away = { ...kept, reason: 'not-delivered: devbox does not answer.' };

function waiting(patienceMs: number) {
  const said: string[] = [];
  const out = {
    warn: (_code: string, message: string) => said.push(message),
  } as unknown as RunContext['out'];
  return { said, line: new KeptLine(out, patienceMs) };
}

test('why a line is kept is said once it is known, and once', () => {
  const { line, said } = waiting(Infinity);
  for (const now of [{ ...kept, reason: 'not-delivered' }, away, away]) line.look(now);
  expect(said).toEqual(['tkept is not sent yet: devbox does not answer; it is waited for']);
});

test('it is given up in the end, with the way to drop it', () => {
  const { line } = waiting(0);
  expect(() => line.look(away)).toThrow(
    expect.objectContaining({
      code: 'PREFISH_SERVER_UNREACHABLE',
      exitCode: 3,
      message: 'tkept was not sent: devbox does not answer; it is no longer waited for',
      hint: expect.stringContaining('prefish tasks cancel tkept drops it'),
    }),
  );
});

test.each<Partial<Task>>([
  { reason: 'uploading 40%' },
  { number: 3, reason: 'waits for a free worker' },
  { source: 'shells' },
  { state: 'rejected', reason: 'no such prefix' },
])('no patience is lost on %j', (task) => {
  const { line, said } = waiting(0);
  line.look({ ...kept, ...task });
  expect(said).toEqual([]);
});
