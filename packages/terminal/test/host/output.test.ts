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

test.each([
  ['text', false],
  ['line\n', true],
])('what was printed before a full-screen program counts after it: %j', (text, expected) => {
  for (const chunks of [
    ['\x1b[?1049h~\n~\n"file" 3L\x1b[?1049l\x1b[?25h'],
    [`\x1b[?1049h${'~\n'.repeat(500)}`, '"file" 3L', '\x1b[24;1H\x1b[K', '\x1b[?1049l', '\x1b[?1l\x1b>'],
  ]) {
    const { output } = open();
    output.write(text);
    for (const chunk of chunks) output.note(Buffer.from(chunk));
    expect(output.atLineStart).toBe(expected);
    output.note('more');
    expect(output.atLineStart).toBe(false);
  }
  const { output } = open();
  output.note(`${text}\x1b[?1049h`);
  output.note('\x1b[?1049l');
  expect(output.atLineStart).toBe(expected);
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
