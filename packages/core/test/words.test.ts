import { expect, test } from 'vitest';
import { splitWords } from '../src/words.ts';

test.each([
  ['logs 3 -f', ['logs', '3', '-f']],
  ['  send @last "go on, please"\t', ['send', '@last', 'go on, please']],
  [String.raw`a\ b 'c "d"'`, ['a b', 'c "d"']],
  ['one\ntwo\r\nthree', ['one', 'two', 'three']],
  [String.raw`"say \"hi\" \\ \$x \n" "a\`b" '\'`, ['say "hi" \\ $x \\n', 'a`b', '\\']],
  [`a"b c"'d' "" ''`, ['ab cd', '', '']],
  ['ends with a backslash\\', ['ends', 'with', 'a', 'backslash\\']],
  ['', []],
  [' \t', []],
])('splits %j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test('an open quote is an error that shows the line', () => {
  for (const line of ['send 3 "oops', String.raw`send 3 "oops\"`, "send 3 'oops"]) {
    expect(() => splitWords(line)).toThrow(
      expect.objectContaining({ code: 'PREFISH_USAGE', message: expect.stringContaining(line) }),
    );
  }
});
