import type { Event, EventBody } from '@prefish/core';
import { createStyle } from '@prefish/screen';
import { expect, test } from 'vitest';
import { EventPresenter } from '../../src/present/event.ts';

const plain = createStyle(false);

function event(body: EventBody, task?: string): Event {
  return { seq: 1, at: '2026-01-01T00:00:00.000Z', ...body, ...(task === undefined ? {} : { task }) };
}

test('the output of a line that runs here is passed as it is', () => {
  const presented = new EventPresenter(plain).present(
    event({ type: 'output', stream: 'stderr', text: '\x1b[2J\rx' }),
  );
  expect(presented).toEqual({ stream: 'stderr', text: '\x1b[2J\rx' });
});

test('the output of a task is sanitised across its events', () => {
  const presenter = new EventPresenter(plain);
  const shown = ['a\x1b', '[2Jb', '\x1b]0;ti', 'tle\x07c'].map(
    (text) => presenter.present(event({ type: 'output', stream: 'stdout', text }, 't1'))?.text,
  );
  expect(shown.join('')).toBe('abc');
});

test('a warning and an error have one form', () => {
  const presenter = new EventPresenter(plain);
  const complaint = { code: 'PREFISH_USAGE', message: 'tasks: what?\x1b[2J', hint: 'ls', plugin: 'p' };
  expect(presenter.present(event({ type: 'error', ...complaint }))).toEqual({
    stream: 'stderr',
    text: 'prefish: tasks: what?\n  hint: ls\n  [PREFISH_USAGE · p]\n',
  });
  expect(presenter.present(event({ type: 'warning', code: 'X', message: 'm' }))?.text).toBe(
    'prefish: warning: m\n  [X]\n',
  );
});

test('what is for programs is not printed', () => {
  const presenter = new EventPresenter(plain);
  const silent: EventBody[] = [
    { type: 'exit', code: 1 },
    { type: 'state', state: 'working' },
    { type: 'progress', what: 'push', done: 1 },
  ];
  expect(silent.map((body) => presenter.present(event(body)))).toEqual([undefined, undefined, undefined]);
});
