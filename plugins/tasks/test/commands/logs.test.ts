import type { Event } from '@prefish/core';
import { expect, test } from 'vitest';
import { MemorySource } from '../support/memory-source.ts';
import { open } from '../support/run.ts';

const out = (text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
  ({ type: 'output', stream, text }) as const;

function text(events: readonly Event[], stream = 'stdout'): string {
  return events
    .map((event) => (event.type === 'output' && event.stream === stream ? event.text : ''))
    .join('');
}

test('--json: the events exactly as they were written, resumable', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'completed' });
  source.say(id, { type: 'state', state: 'working' }, out('a\x1b[2J'), { type: 'exit', code: 0 });
  const { run } = await open([source]);
  const all = (await run(`logs ${id} --json`)).events.filter(({ task }) => task === id);
  expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(all[1]).toEqual({ seq: 2, at: '2026-01-01T00:00:00.000Z', task: id, ...out('a\x1b[2J') });
  const rest = (await run(`logs ${id} --json --after 2`)).events.filter(({ task }) => task === id);
  expect(rest).toEqual(all.slice(2));
});

test('for people: the output on its streams, sanitised across chunks', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'completed' });
  source.say(id, out('one\x1b'), out('[2Jtwo\n'), out('bad\x1b]0;t\x07\n', 'stderr'), out('\x1b[31mred'), {
    type: 'exit',
    code: 0,
  });
  const { events, code } = await (await open([source])).run(`logs ${id}`);
  expect(code).toBe(0);
  expect(text(events)).toBe('onetwo\n\x1b[31mred\x1b[0m');
  expect(text(events, 'stderr')).toBe('bad\n');
});

test('warnings of the task are told', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'completed' });
  source.say(id, { type: 'warning', code: 'X', message: 'careful', hint: 'h' });
  const { events } = await (await open([source])).run(`logs ${id}`);
  expect(events[0]).toMatchObject({ type: 'warning', code: 'X', message: 'careful', hint: 'h' });
});

test('-f goes on until the task has ended', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  source.say(id, out('before\n'));
  const { run, events } = await open([source]);
  const running = run(`logs ${id} -f`);
  await expect.poll(() => text(events)).toBe('before\n');
  source.say(id, out('after\n'));
  await expect.poll(() => text(events)).toBe('before\nafter\n');
  source.change(id, { state: 'completed' });
  expect((await running).code).toBe(0);
});

test('-f ends with Ctrl+C', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  const { run } = await open([source]);
  const interrupt = new AbortController();
  const running = run(`logs ${id} -f`, interrupt.signal);
  interrupt.abort();
  expect((await running).code).toBe(130);
});
