import { stripVTControlCharacters } from 'node:util';
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
  expect(presented).toEqual([{ stream: 'stderr', text: '\x1b[2J\rx' }]);
});

test('the output of a task is sanitised across its events', () => {
  const presenter = new EventPresenter(plain);
  const shown = ['a\x1b', '[2Jb', '\x1b]0;ti', 'tle\x07c'].map(
    (text) => presenter.present(event({ type: 'output', stream: 'stdout', text }, 't1'))[0]?.text,
  );
  expect(shown.join('')).toBe('abc');
});

test('a warning and an error have one form', () => {
  const presenter = new EventPresenter(plain);
  const complaint = { code: 'PREFISH_USAGE', message: 'tasks: what?\x1b[2J', hint: 'ls', plugin: 'p' };
  expect(presenter.present(event({ type: 'error', ...complaint }))).toEqual([
    { stream: 'stderr', text: 'prefish: tasks: what?\n  hint: ls\n  [PREFISH_USAGE · p]\n' },
  ]);
  expect(presenter.present(event({ type: 'warning', code: 'X', message: 'm' }))[0]?.text).toBe(
    'prefish: warning: m\n  [X]\n',
  );
});

test('what was interrupted says so in a word, and what that means for it where that is known', () => {
  const presenter = new EventPresenter(plain);
  const interrupted = { type: 'error', code: 'PREFISH_INTERRUPTED', message: 'not answered' } as const;
  expect(presenter.present(event(interrupted))[0]?.text).toBe('interrupted\n');
  const said = presenter.present(event({ ...interrupted, hint: 'nothing was sent' }))[0]?.text;
  expect(said).toBe('interrupted · nothing was sent\n');
});

test('what is for programs is not printed', () => {
  const presenter = new EventPresenter(plain);
  const silent: EventBody[] = [
    { type: 'exit', code: 1 },
    { type: 'state', state: 'working' },
    { type: 'progress', what: 'push', done: 1 },
  ];
  expect(silent.map((body) => presenter.present(event(body)))).toEqual([[], [], []]);
});

/** What a person would see of these events, both streams together. */
function screen(bodies: readonly EventBody[], color = true): string {
  const presenter = new EventPresenter(createStyle(color), () => 80);
  const presented = bodies.flatMap((body) => presenter.present(event(body)));
  return stripVTControlCharacters(presented.map(({ text }) => text).join(''));
}

const say = (text: string): EventBody => ({ type: 'message', role: 'agent', text });

test('what answers the next message is a text of its own', () => {
  expect(screen([say('one'), { type: 'turn' }, say('two'), { type: 'exit', code: 0 }])).toBe('one\ntwo\n');
});

test('a message is one text however it comes, and ends where something else begins', () => {
  const tool: EventBody = { type: 'tool', id: '1', title: 'Read a', status: 'completed' };
  expect(
    screen([say('Hel'), say('lo **wor'), say('ld**'), tool, say('Done'), { type: 'exit', code: 0 }]),
  ).toBe('Hello world\n✓ Read a\nDone\n');
});

test('without colours it is the Markdown that the agent wrote', () => {
  expect(screen([say('**a'), say('**\n# b'), { type: 'exit', code: 0 }], false)).toBe('**a**\n# b\n');
});

test('nothing that an agent says drives the terminal, in whatever pieces it comes', () => {
  const presenter = new EventPresenter(createStyle(true), () => 80);
  const bodies = ['a\x1b', '[2Jb\x1b]0;ti', 'tle\x07c \x1b[31md'].map(say);
  const shown = [
    ...bodies,
    { type: 'thought', text: 'x\x1b[2Jy' } as const,
    { type: 'exit', code: 0 } as const,
  ]
    .flatMap((body) => presenter.present(event(body)))
    .map(({ text }) => text);
  expect(shown.join('').replaceAll(/\x1b\[(2|22)m/g, '')).toBe('abc d\nxy\n');
});

test('the answer goes to standard output, all the rest beside it; what was used is said to a person', () => {
  const bodies: EventBody[] = [
    { type: 'message', role: 'user', text: 'typed here' },
    { type: 'progress', what: 'attached a.md', done: 1, total: 1 },
    { type: 'progress', what: 'indexing', done: 1, total: 9 },
    { type: 'thought', text: 'hm' },
    { type: 'plan', entries: [{ text: 'Write', status: 'in-progress' }] },
    say('42'),
    { type: 'usage', tokens: 1200, cost: 0.02 },
    { type: 'exit', code: 0 },
  ];
  const script = new EventPresenter(plain);
  const presented = bodies.flatMap((body) => script.present(event(body)));
  const on = (stream: string): string =>
    presented.flatMap((part) => (part.stream === stream ? part.text : '')).join('');
  expect([on('stdout'), on('stderr')]).toEqual(['42\n', 'hm\n◐ Write\n']);
  expect(screen(bodies)).toBe('attached a.md\nhm\n◐ Write\n42\n1.2k tokens · $0.02\n');
});
