import { expect, test } from 'vitest';
import { clusterBoundary, padEnd, textWidth, truncate, wrap, wrapWords } from '../src/index.ts';

test.each([
  ['abc', 3],
  ['', 0],
  ['日本', 4],
  ['e\u0301x', 2],
  ['👨‍👩‍👧', 2],
  ['🇨🇭!', 3],
  ['🇨!', 2],
  ['1️⃣ ©️ ❤️', 8],
  ['a\ufe0f日\ufe0f \ufe0f', 4],
  ['e\u0301\ufe0f', 1],
  ['1 ©', 3],
  ['❯ ', 2],
  ['\x1b[36m❯\x1b[39m ls', 4],
  ['日\x1b[39m\u0301\ta', 4],
  ['\x1b[31mred\x1b[0m', 3],
  ['↑/↓ to select · Esc', 19],
])('the width of %j is %i', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('a cut text says so and closes its colours', () => {
  expect(truncate('short', 10)).toBe('short');
  expect(truncate('a long title', 6)).toBe('a lon…');
  expect(truncate('\x1b[31ma long title\x1b[0m', 6)).toBe('\x1b[31ma lon…\x1b[0m');
  expect(truncate('日本語', 4)).toBe('日…');
});

test('padding counts columns, not characters', () => {
  expect(padEnd('日', 4)).toBe('日  ');
});

test('a long line becomes rows that fit, tabs expanded', () => {
  expect(wrap('abcdef', 4)).toEqual(['abcd', 'ef']);
  expect(wrap('', 4)).toEqual(['']);
  expect(wrap('a\tb', 20)).toEqual(['a       b']);
  expect(wrap('日本語', 4)).toEqual(['日本', '語']);
});

test('each row of a coloured line carries its colours', () => {
  expect(wrap('\x1b[31mabcdef\x1b[0m!', 4)).toEqual(['\x1b[31mabcd\x1b[0m', '\x1b[31mef\x1b[0m!']);
});

test('wrapWords breaks between words, indents as the line does, and leaves long words whole', () => {
  expect(wrapWords('told where to read the one before.', 12)).toEqual([
    'told where',
    'to read the',
    'one before.',
  ]);
  expect(wrapWords('  hint: a\x1b[2mbc d\x1b[0m', 9)).toEqual(['  hint:', '  a\x1b[2mbc d\x1b[0m']);
  expect(wrapWords('see /a/long/path there', 8)).toEqual(['see', '/a/long/path', 'there']);
  expect(wrapWords('short', 8)).toEqual(['short']);
});

test('a link takes no columns, is closed where its text is cut, and goes on in the next row', () => {
  const [on, off] = ['\x1b]8;id=1;https://example.org/a\x1b\\', '\x1b]8;;\x1b\\'];
  expect(textWidth(`see ${on}here${off}!`)).toBe(9);
  expect(truncate(`see ${on}here${off}!`, 7)).toBe(`see ${on}he…${off}`);
  expect(truncate(`see ${on}here${off} or there`, 10)).toBe(`see ${on}here${off} …`);
  expect(wrap(`see ${on}here${off}!`, 6)).toEqual([`see ${on}he${off}`, `${on}re${off}!`]);
});

test('the boundary of a cluster at an offset, or behind it', () => {
  const text = `a👨‍👩‍👧b\ne\u0301${'x'.repeat(500)}`;
  const family = '👨‍👩‍👧'.length;
  expect([0, 1, 2, family, family + 1].map((at) => clusterBoundary(text, at))).toEqual([
    0,
    1,
    family + 1,
    family + 1,
    family + 1,
  ]);
  expect(clusterBoundary(text, family + 4)).toBe(family + 5);
  expect(clusterBoundary(text, text.length)).toBe(text.length);
  expect(clusterBoundary('🇩🇪🇫🇷', 4)).toBe(4);
  expect(clusterBoundary('🇩🇪🇫🇷', 6)).toBe(8);
});
