import { expect, test } from 'vitest';
import { LineSplitter } from '../../src/transcript/line-splitter.ts';

function split(...pieces: string[]): { lines: string[]; unfinished: string } {
  const splitter = new LineSplitter();
  const lines = pieces.flatMap((piece) => splitter.add(piece));
  return { lines, unfinished: splitter.unfinished };
}

test('lines are whole, wherever the pieces were cut', () => {
  expect(split('a', 'b\nc', '\n\nd')).toEqual({ lines: ['ab', 'c', ''], unfinished: 'd' });
});

test.each([
  ['a colour goes on', '\x1b[31ma\nb\x1b[0m\nc\n', ['\x1b[31ma', '\x1b[31mb\x1b[0m', 'c']],
  [
    'turned off by its own code',
    '\x1b[1;32ma\x1b[39m\nb\x1b[22m\nc\n',
    ['\x1b[1;32ma\x1b[39m', '\x1b[1mb\x1b[22m', 'c'],
  ],
  ['the last one counts', '\x1b[31m\x1b[44m\x1b[92ma\nb\n', ['\x1b[31m\x1b[44m\x1b[92ma', '\x1b[92;44mb']],
  [
    'of many numbers',
    '\x1b[38;5;8;48;2;1;2;3;4ma\nb\n',
    ['\x1b[38;5;8;48;2;1;2;3;4ma', '\x1b[38;5;8;48;2;1;2;3;4mb'],
  ],
  ['with colons', '\x1b[38:2::1:2:3;1ma\nb\n', ['\x1b[38:2::1:2:3;1ma', '\x1b[38:2::1:2:3;1mb']],
])('each line has the colours that are on: %s', (_, text, lines) => {
  expect(split(text).lines).toEqual(lines);
});

test('a line of which nothing can be seen is none yet', () => {
  expect(split('\x1b[31ma\n\x1b[0m').unfinished).toBe('');
});

test('a line that does not end is cut; finishing ends it, and its colours', () => {
  const splitter = new LineSplitter();
  expect(splitter.add('x'.repeat(70_000))).toHaveLength(1);
  splitter.add('\x1b[31my');
  expect(splitter.finish()).toEqual(['\x1b[31my']);
  expect(splitter.add('z\n')).toEqual(['z']);
});
