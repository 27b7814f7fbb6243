import type { Enclosure, Task } from '@prefish/protocol';
import { expect, test } from 'vitest';
import { continuationOf } from '../../src/queue/continuation.ts';
import { request } from '../fixtures/request.ts';

const asked = { id: 'tabcdefghijklmnop', line: 'And now?' };
const continued = (earlier: Enclosure, enclosed: Enclosure): Enclosure | undefined => {
  const task = { id: 'tpppppppppppppppp', state: 'completed' } as Task;
  return continuationOf(
    { owner: '', task, request: request(), started: true, cancelRequested: false },
    earlier,
    { ...asked, enclosed },
  ).request.enclosed;
};

test('a file goes on where the earlier one ended, beside what came along before', () => {
  expect(continued({ settings: 1, files: { a: 'x', b: 'y' } }, { files: { a: 'z' } })).toEqual({
    settings: 1,
    files: { a: 'x\nz', b: 'y' },
  });
});

test('what comes along grows not without end from one task to the next', () => {
  const long = 'x'.repeat(4 * 2 ** 20);
  const earlier = { files: { a: long, b: long, c: long } };
  expect(Object.keys(continued(earlier, { files: { d: long } })!.files!)).toHaveLength(4);
  expect(() => continued(earlier, { files: { d: long, e: 'x' } })).toThrow('16 MB');
});
