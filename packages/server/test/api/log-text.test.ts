import type { Event, EventBody } from '@prefish/protocol';
import { describe, expect, test } from 'vitest';
import { LogText } from '../../src/api/log-text.ts';

function textOf(...bodies: readonly EventBody[]): string {
  const log = new LogText();
  const events = bodies.map((body, index): Event => ({
    seq: index + 1,
    at: '2026-01-01T00:00:00Z',
    ...body,
  }));
  return events.map((event) => log.add(event)).join('') + log.end();
}

describe('the log of a task', () => {
  test('is what its programs have written, to the byte, where they alone speak', () => {
    const written = ['\u001B[1mbold', '\u001B[0m\r\n', '10%\r50%', ' no end'];
    const output = written.map((text, index): EventBody => ({
      type: 'output',
      stream: index === 2 ? 'stderr' : 'stdout',
      text,
    }));
    expect(
      textOf({ type: 'state', state: 'submitted' }, { type: 'state', state: 'working' }, ...output, {
        type: 'exit',
        code: 0,
      }),
    ).toBe(written.join(''));
  });

  test('holds what an agent said and did, each call once', () => {
    expect(
      textOf(
        { type: 'state', state: 'submitted' },
        { type: 'message', role: 'user', text: 'Find it' },
        { type: 'thought', text: 'I should ' },
        { type: 'thought', text: 'look.' },
        { type: 'plan', entries: [{ text: 'look', status: 'in-progress' }] },
        { type: 'tool', id: '1', title: 'npm test', status: 'pending' },
        { type: 'tool', id: '1', title: 'npm test', status: 'in_progress' },
        { type: 'tool', id: '2', title: 'Edit a.js', status: 'completed', detail: { diff: '-a\n+b\n' } },
        { type: 'tool', id: '1', title: 'npm test', status: 'failed', detail: { output: '1 failing\n' } },
        { type: 'message', role: 'agent', text: 'It ' },
        { type: 'message', role: 'agent', text: 'fails.' },
        { type: 'message', role: 'user', text: 'And now?', waits: true },
        { type: 'message', role: 'agent', text: 'That was' },
        { type: 'message', role: 'agent', text: ' one.' },
        { type: 'turn' },
        { type: 'message', role: 'agent', text: 'That is two.' },
        { type: 'question', id: 'q', text: 'Go on?', choices: ['Yes', 'No'] },
        { type: 'answer', id: 'q', choice: 'Yes', by: 'user' },
        { type: 'warning', code: 'PREFISH_LIMIT', message: 'much', hint: 'less' },
        { type: 'tool', id: '3', title: 'goes on', status: 'in_progress' },
        { type: 'state', state: 'submitted', reason: 'worker-lost' },
      ),
    ).toBe(
      [
        '> Find it',
        'I should look.',
        '◐ look',
        '✓ Edit a.js',
        '  -a',
        '  +b',
        '✗ npm test',
        '  1 failing',
        'It fails.',
        '> And now?',
        'That was one.',
        'That is two.',
        '? Go on?',
        '  Yes',
        '  No',
        '→ Yes',
        'warning: much',
        '  less',
        '· submitted again (worker-lost)',
        '· goes on',
        '',
      ].join('\n'),
    );
  });

  test('holds no more of calls that do not end than fits into memory', () => {
    const log = new LogText();
    const call = (id: number): Event => ({
      seq: id,
      at: '2026-01-01T00:00:00Z',
      type: 'tool',
      id: String(id),
      title: 'npm test',
      status: 'pending',
      detail: { output: 'x'.repeat(2 ** 20) },
    });
    let text = '';
    for (let id = 1; id <= 20; id++) text += log.add(call(id));
    expect(text.length).toBeGreaterThan(15 * 2 ** 20);
    expect(`${text}${log.end()}`.match(/npm test/g)).toHaveLength(20);
  });
});
