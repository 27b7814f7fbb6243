import { expect, test } from 'vitest';
import { splitWords } from '../src/words.ts';

test.each([
  ['logs 3 -f', ['logs', '3', '-f']],
  ['  send @last "go on, please"\t', ['send', '@last', 'go on, please']],
  [String.raw`a\ b 'c "d"'`, ['a b', 'c "d"']],
  ['one\ntwo\r\nthree', ['one', 'two', 'three']],
  [`a"b c"'d' "" ''`, ['ab cd', '', '']],
  ['ends with a backslash\\', ['ends', 'with', 'a', 'backslash\\']],
  ['', []],
  [' \t', []],
])('splits %j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test('an open quote is an error that shows the line', () => {
  expect(() => splitWords('send 3 "oops')).toThrow(
    expect.objectContaining({ code: 'PREFISH_USAGE', message: expect.stringContaining('send 3 "oops') }),
  );
});
