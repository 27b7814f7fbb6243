import { describe, expect, test } from 'vitest';
import { readTask } from '../../src/tasks/read-task.ts';

const good = {
  id: 't1',
  number: 1,
  source: 's',
  place: 'here',
  title: 'One',
  line: '!true',
  state: 'completed',
  attempt: 1,
  createdAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T00:01:00Z',
  exit: { code: 0 },
  after: ['t0'],
  sandbox: 'bwrap',
  network: 'full',
};

describe('what a source calls a task', () => {
  test('is copied, so that nothing of it is looked at again', () => {
    let looked = 0;
    const given = {
      ...good,
      get title() {
        looked++;
        return 'Two';
      },
    };
    const task = readTask(given);
    expect(task).toEqual({ ...good, title: 'Two' });
    expect([task.title, JSON.stringify(task).includes('Two'), looked]).toEqual(['Two', true, 1]);
  });

  test('may be an object of a class', () => {
    class Build {
      get title(): string {
        return 'Built';
      }
    }
    const { title: _title, ...rest } = good;
    expect(readTask(Object.assign(new Build(), rest)).title).toBe('Built');
  });

  test.each([
    ['null', null, 'null'],
    ['a text', 'x', 'string'],
    ['no id', { ...good, id: undefined }, 'id'],
    ['an unknown state', { ...good, state: 'bogus' }, 'state "bogus"'],
    ['no title', { ...good, title: undefined }, 'title'],
    ['a line that is no text', { ...good, line: 3 }, 'line'],
    ['no place', { ...good, place: null }, 'place'],
    ['no number', { ...good, number: '1' }, 'number'],
    ['a date that is none', { ...good, createdAt: 'yesterday' }, 'createdAt'],
    ['an end that is no date', { ...good, endedAt: 5 }, 'endedAt'],
    ['an exit that is none', { ...good, exit: null }, 'exit'],
    ['a result that is none', { ...good, result: 'ok' }, 'result'],
    ['tasks before it that are none', { ...good, after: 't0' }, 'after'],
    [
      'a title that throws',
      {
        ...good,
        get title() {
          throw new Error('lazy');
        },
      },
      'lazy',
    ],
  ])('with %s is none, and it is said why', (_what, value, why) => {
    expect(() => readTask(value)).toThrow(why);
  });
});
