import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readIncoming } from '../../src/modes/incoming.ts';
import { collect } from '../collect.ts';

function listen(): {
  input: PassThrough;
  heard: string[];
  lines: ReturnType<typeof readIncoming>;
  ended: Promise<void>;
} {
  const input = new PassThrough();
  const heard: string[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const lines = readIncoming(input, {
    cancel: () => heard.push('cancel'),
    warning: (message) => heard.push(message),
    end: resolve,
  });
  return { input, heard, lines, ended };
}

test('messages and answers go to whoever waits for them, also those that came before', async () => {
  const { input, lines } = listen();
  input.write('{"type":"message","text":"a"}\n{"type":"answer","id":"q","cho');
  input.end('ice":"yes"}');
  expect(await collect(lines)).toEqual([
    { type: 'message', text: 'a' },
    { type: 'answer', id: 'q', choice: 'yes' },
  ]);
});

test('cancel is heard at once, though nobody reads', async () => {
  const { input, heard, ended } = listen();
  input.end('{"type":"message","text":"a"}\n{"type":"cancel"}\n');
  await ended;
  expect(heard).toEqual(['cancel']);
});

test('a bad line is named, and the ones after it still count', async () => {
  const { input, heard, lines } = listen();
  input.end('nonsense\n{"type":"shutdown"}\n[]\nnull\n\n{"type":"message","text":"b"}\n');
  expect(await collect(lines)).toEqual([{ type: 'message', text: 'b' }]);
  expect(heard.map((line) => /Line (\d)/.exec(line)?.[1])).toEqual(['1', '2', '3', '4']);
});

test('leaving the lines does not stop the next reader', async () => {
  const { input, lines } = listen();
  input.end('{"type":"message","text":"a"}\n{"type":"message","text":"b"}\n');
  const seen: unknown[] = [];
  for await (const line of lines) {
    seen.push(line['text']);
    break;
  }
  for await (const line of lines) seen.push(line['text']);
  expect(seen).toEqual(['a', 'b']);
});
