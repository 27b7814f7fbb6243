import { describe, expect, it } from 'vitest';
import { readUntrusted } from '../../src/worker/untrusted-event.ts';

const read = (value: unknown): ReturnType<typeof readUntrusted> => readUntrusted(JSON.stringify(value));

describe('a line from inside a sandbox', () => {
  it.each([
    { type: 'output', stream: 'stderr', text: 'x' },
    { type: 'message', role: 'agent', text: 'x' },
    { type: 'thought', text: 'x' },
    { type: 'tool', id: '1', title: 't', status: 'done', detail: { a: [1] } },
    { type: 'plan', entries: [{ text: 'x', status: 'pending' }] },
    { type: 'question', id: '1', text: 'x', choices: ['a', 'b'] },
    { type: 'progress', what: 'x', done: 1, total: 2 },
    { type: 'usage', tokens: 12, cost: 0.5 },
    { type: 'usage', tokens: 0 },
    { type: 'warning', code: 'X', message: 'x', hint: 'h', plugin: 'p' },
    { type: 'error', code: 'X', message: 'x' },
  ])('of type $type comes through with its known fields only', (event) => {
    expect(read({ ...event, seq: 5, task: 'x', at: 'x', extra: 1 })).toEqual({ kind: 'event', event });
  });

  it.each(['state', 'result', 'answer', 'never-heard-of'])('of type %s does not', (type) => {
    expect(read({ type, state: 'completed', text: 'x' })).toEqual({ kind: 'refused' });
  });

  it('claims an exit, which is not an event', () => {
    expect(read({ type: 'exit', code: 0 })).toEqual({ kind: 'exit' });
    expect(read({ type: 'exit', signal: 'SIGTERM' })).toEqual({ kind: 'exit', signal: 'SIGTERM' });
  });

  it.each([
    'plain text',
    '{"type":"output"',
    '[]',
    'null',
    '{"type":5}',
    '{"type":"output","stream":"stdout","text":5}',
    '{"type":"message","role":"system","text":"x"}',
    '{"type":"plan","entries":[{"text":"x","status":"odd"}]}',
    '{"type":"question","id":"1","text":"x","choices":[1]}',
    '{"type":"progress","what":"x","done":1e999}',
    '{"type":"usage"}',
    '{"type":"usage","tokens":"12"}',
    '{"type":"usage","tokens":-1}',
    '{"__proto__":{"type":"output"}}',
  ])('that is no event is text: %s', (line) => {
    expect(readUntrusted(line)).toEqual({ kind: 'text' });
  });

  it('carries nothing that could break its reader', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(readUntrusted(`{"type":"tool","id":"1","title":"t","status":"s","detail":${deep}}`)).toEqual({
      kind: 'event',
      event: { type: 'tool', id: '1', title: 't', status: 's' },
    });
    expect(readUntrusted(String.raw`{"type":"thought","text":"\ud800"}`)).toEqual({
      kind: 'event',
      event: { type: 'thought', text: '�' },
    });
  });
});
