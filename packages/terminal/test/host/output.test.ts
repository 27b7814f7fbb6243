import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Output } from '../../src/host/output.ts';

function open(printsRaw = false): { output: Output; written(): string } {
  const stdout = new PassThrough();
  const output = new Output({ stdout, stderr: stdout }, () => printsRaw);
  return { output, written: () => stdout.read()?.toString() ?? '' };
}

test.each([
  ['line\n', true],
  ['no end', false],
  ['coloured end\n\x1b[0m', true],
  ['progress 10%\r', true],
  ['\x1b[31mred\x1b[0m', false],
  ['title\n\x1b]0;~\x07', true],
])('after %j the next character starts a line: %s', (text, expected) => {
  const { output } = open();
  output.write(text);
  expect(output.atLineStart).toBe(expected);
});

test('what was printed before a full-screen program counts after it', () => {
  const { output } = open();
  output.write('text');
  output.note('\x1b[?1049h~\n~\n"file" 3L\x1b[?1049l\x1b[?25h');
  expect(output.atLineStart).toBe(false);
});

test('an unfinished line is ended once', () => {
  const { output, written } = open();
  output.write('text');
  output.freshLine();
  output.freshLine();
  expect(written()).toBe('text\n');
});

test('a terminal that does not return at a line feed is told to', () => {
  const { output, written } = open(true);
  output.write('a\nb\r\nc\n');
  expect(written()).toBe('a\r\nb\r\nc\r\n');
});
