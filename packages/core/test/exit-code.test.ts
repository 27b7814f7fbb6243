import { PrefishError } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { exitCodeOf, exitOf, exitOfTask, type Outcome } from '../src/index.ts';

test.each([
  [{ code: 0 }, 0],
  [{ code: 42 }, 42],
  [{ signal: 'SIGINT' }, 130],
  [{ signal: 'SIGKILL' }, 137],
  [{ signal: 'SIGNONE' }, 128],
])('a program that ended with %j has the exit code %i', (exit, code) => {
  expect(exitCodeOf(exit)).toBe(code);
});

describe('a line ends', () => {
  test.each<[Outcome, unknown]>([
    [{ type: 'ok' }, { code: 0 }],
    [{ type: 'ok', exit: { code: 3 } }, { code: 3 }],
    [{ type: 'ok', exit: { signal: 'SIGTERM' } }, { signal: 'SIGTERM' }],
    [{ type: 'denied', reason: 'no' }, { code: 2 }],
    [{ type: 'exit', code: 7 }, { code: 7 }],
    [{ type: 'forward', text: '!x' }, { code: 0 }],
    [{ type: 'task', task: { id: 't1' } as never }, { code: 0 }],
  ])('from %j with %j', (outcome, exit) => {
    expect(exitOf(outcome)).toEqual(exit);
  });

  test('from an error with its own exit code, and with 1 when it has none', () => {
    const usage = new PrefishError('PREFISH_USAGE', 'no');
    expect(exitOf(usage)).toEqual({ code: usage.exitCode });
    expect(usage.exitCode).not.toBe(1);
    expect(exitOf(new Error('no'))).toEqual({ code: 1 });
  });
});

test.each<[Parameters<typeof exitOfTask>[0], unknown]>([
  [{ state: 'completed' }, { code: 0 }],
  [{ state: 'failed', exit: { code: 7 } }, { code: 7 }],
  [{ state: 'failed', exit: { signal: 'SIGTERM' } }, { signal: 'SIGTERM' }],
  [{ state: 'failed', exit: { code: 0 } }, { code: 1 }],
  [{ state: 'failed' }, { code: 1 }],
  [{ state: 'canceled', exit: { signal: 'SIGKILL' } }, { code: 1 }],
])('who waited for %j ends with %j', (task, exit) => {
  expect(exitOfTask(task)).toEqual(exit);
});
