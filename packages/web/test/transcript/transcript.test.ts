import type { Event, EventBody } from '@prefish/protocol';
import { expect, test } from 'vitest';
import type { Block } from '../../src/transcript/blocks.ts';
import { Transcript } from '../../src/transcript/transcript.ts';

function blocksOf(...bodies: readonly EventBody[]): readonly Block[] {
  const transcript = new Transcript();
  transcript.take(
    bodies.map((body, index): Event => ({ seq: index + 1, at: '2026-01-01T00:00:00Z', ...body })),
  );
  return transcript.blocks;
}
const say = (text: string): EventBody => ({ type: 'message', role: 'agent', text });
const send = (text: string): EventBody => ({ type: 'message', role: 'user', text, waits: true });
const question: EventBody = {
  type: 'question',
  id: 'permission-1',
  text: 'Publish?',
  choices: ['Yes', 'No'],
};
const working: EventBody = { type: 'state', state: 'working' };
const lost: EventBody = { type: 'state', state: 'submitted', reason: 'worker-lost' };

test('a question of an attempt that is over stays unanswered; one of the same id is another', () => {
  const questions = blocksOf(
    working,
    question,
    { type: 'state', state: 'input-required' },
    lost,
    working,
    question,
    { type: 'answer', id: 'permission-1', choice: 'Yes', by: 'user' },
  ).filter(({ kind }) => kind === 'question');
  expect(questions).toMatchObject([{ over: true }, { over: false, answer: { choice: 'Yes' } }]);
  expect(questions[0]).not.toHaveProperty('answer');
});

test('a question knows the call that it asks for, and that is not shown beside it', () => {
  const tool: EventBody = { type: 'tool', id: '1', title: 'Publish?', status: 'pending' };
  expect(blocksOf(working, tool, question).slice(1)).toMatchObject([
    { kind: 'tool', asked: true },
    { kind: 'question', tool: { event: { id: '1' } } },
  ]);
});

test('a message waits until the line takes it up, and what follows says what it answers', () => {
  const before = blocksOf(working, say('First.'), send('And?'), say('End of first.'));
  expect(before[2]).toMatchObject({ waits: true });
  const after = blocksOf(
    working,
    say('First.'),
    send('And?'),
    say('End of first.'),
    { type: 'turn' },
    say('Two.'),
  );
  expect(after.slice(1)).toMatchObject([
    { text: 'First.' },
    { text: 'And?', waits: false },
    { text: 'End of first.' },
    { kind: 'turn', message: 'And?' },
    { text: 'Two.' },
  ]);
});

test('a message that is taken up at once needs no word about it', () => {
  expect(blocksOf(working, say('Done.'), send('And?'), { type: 'turn' }, say('Two.')).slice(1)).toMatchObject(
    [{ text: 'Done.' }, { text: 'And?', waits: false }, { text: 'Two.' }],
  );
});

test('the next attempt is told again what was sent; one that ended leaves nothing waiting', () => {
  const sent = [working, send('And?'), { type: 'turn' } as const, lost, working];
  expect(blocksOf(...sent)[1]).toMatchObject({ text: 'And?', waits: true });
  expect(blocksOf(...sent, { type: 'state', state: 'failed' })[1]).toMatchObject({ waits: false });
});

test('all of a long message is there, in parts that can be drawn by themselves', () => {
  const lines = Array.from({ length: 20_000 }, (_, line) => `${line}`.padEnd(99, '.'));
  const messages = blocksOf(
    say('```sh\n'),
    ...lines.map((line) => say(`${line}\n`)),
    say('```\n'),
    say('End.'),
  );
  expect(messages.every((block) => block.kind === 'message')).toBe(true);
  const texts = messages.map((block) => (block.kind === 'message' ? block.text : ''));
  expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(40_000);
  expect(texts.join('').match(/^\d+\.+$/gm)).toEqual(lines);
  expect(texts.slice(1).every((text) => text.startsWith('```sh\n'))).toBe(true);
  expect(texts.at(-1)!.endsWith('```\nEnd.')).toBe(true);
});

test('an output is what came, however it was cut: a carriage return before the end of a line takes nothing away', () => {
  const text = 'one\r\ntwo\r\r\n10%\r20%\r\n\u001b[31m1\r\u001b]0;a\rb\u0007\n2\r';
  const linesOf = (parts: readonly string[]): string[] =>
    blocksOf(...parts.map((part): EventBody => ({ type: 'output', stream: 'stdout', text: part }))).flatMap(
      (block) => (block.kind === 'output' ? block.lines.map((line) => line.text) : []),
    );
  const whole = linesOf([text]);
  expect(whole.slice(0, 3)).toEqual(['one', 'two', '20%']);
  expect(linesOf([...text])).toEqual(whole);
});
