import { expect, test } from 'vitest';
import { findImports } from '../../src/document/imports.ts';

test.each([
  ['@AGENTS.md', ['AGENTS.md']],
  ['- see @docs/a.md, and (@../b.md).', ['docs/a.md', '../b.md']],
  ['@~/mine.md @/etc/all.md @./here.md', ['~/mine.md', '/etc/all.md', './here.md']],
  ['@my\\ own\\ rules.md', ['my own rules.md']],
  ['me@example.com, @, @@x, `@code.md`, ``@a ` @b``', []],
  ['an open ` backtick @a.md', ['a.md']],
  ['`a` @b.md `c`', ['b.md']],
  ['```\n@code.md\n```\n<!-- @comment.md\n-->\n@after.md', ['after.md']],
])('%j imports %j', (document, paths) => {
  expect(findImports(document).map(({ text }) => text)).toEqual(paths);
});

test('the line of an import is told, and a hostile line takes no longer than another', () => {
  const hostile = Array.from({ length: 1000 }, (_, length) => '`'.repeat(length)).join(' ');
  expect(findImports(`\n${hostile}\r\n@a.md\r\n`)).toEqual([{ text: 'a.md', line: 3 }]);
});
