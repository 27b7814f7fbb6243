import { PrefishError, type Event } from '@prefish/core';
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

test('says how a task ended that did not succeed, and where another attempt begins', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'failed', exit: { code: 3 } });
  const submitted = { type: 'state', state: 'submitted' } as const;
  source.say(id, submitted, out('one\n'), { ...submitted, reason: 'worker-lost' }, out('two\n'));
  const { events, code } = await (await open([source])).run(`logs ${id}`);
  expect(code).toBe(0);
  expect(text(events)).toBe('one\ntwo\n');
  expect(text(events, 'stderr')).toBe(
    '· submitted again (its server ended): what follows is of another attempt\n· failed (exit 3)\n',
  );
});

test('-f says how a task ended though its server closed with it', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  const { run, events } = await open([source]);
  const running = run(`logs ${id} -f`);
  source.say(id, out('tick\n'));
  await expect.poll(() => text(events)).toBe('tick\n');
  source.say(
    id,
    { type: 'exit', signal: 'SIGKILL' },
    { type: 'state', state: 'failed', reason: 'worker-lost' },
  );
  source.failure = new PrefishError('PREFISH_SERVER_UNREACHABLE', 'devbox does not answer');
  source.change(id, { state: 'failed' });
  expect((await running).code).toBe(0);
  expect(text(events, 'stderr')).toBe('· failed (its server ended)\n');
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

const tool = (id: string, status: string) => ({ type: 'tool', id, title: `call ${id}`, status }) as const;
const toldCalls = (events: readonly Event[]): string[] =>
  events.flatMap((event) => (event.type === 'tool' ? [`${event.id} ${event.status}`] : []));

test('a tool call is told once: how it ended, or at the end that it has not', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'completed' });
  source.say(
    id,
    tool('1', 'pending'),
    tool('2', 'in_progress'),
    tool('1', 'in_progress'),
    tool('1', 'completed'),
  );
  const { events } = await (await open([source])).run(`logs ${id}`);
  expect(toldCalls(events)).toEqual(['1 completed', '2 in_progress']);
});

test('who follows sees of a call that takes long that it has begun', async () => {
  const source = new MemorySource();
  const { id } = source.add();
  source.say(id, tool('1', 'completed'), tool('2', 'in_progress'));
  const { run, events } = await open([source]);
  const running = run(`logs ${id} -f`);
  await expect.poll(() => toldCalls(events), { timeout: 10_000 }).toEqual(['1 completed', '2 in_progress']);
  source.say(id, tool('2', 'failed'));
  await expect.poll(() => toldCalls(events)).toContain('2 failed');
  source.change(id, { state: 'completed' });
  await running;
  expect(toldCalls(events)).toEqual(['1 completed', '2 in_progress', '2 failed']);
});

test('-f waits for a source that is away, and what it printed comes once; without it that is an error', async () => {
  const source = new MemorySource();
  const { id } = source.add({ state: 'completed' });
  source.say(id, out('one\n'), { type: 'exit', code: 0 });
  source.failure = new PrefishError('PREFISH_SERVER_UNREACHABLE', 'devbox does not answer');
  const { run, events } = await open([source]);
  expect(await run(`logs ${id}`)).toMatchObject({ code: 3, error: { code: 'PREFISH_SERVER_UNREACHABLE' } });
  const following = run(`logs ${id} -f`);
  const { failed } = source;
  await expect.poll(() => source.failed, { timeout: 5000 }).toBeGreaterThan(failed + 1);
  source.failure = undefined;
  expect((await following).code).toBe(0);
  expect(text(events)).toBe('one\n');
  expect(events.filter(({ type }) => type === 'warning')).toMatchObject([{ message: /; trying again$/ }]);
});
