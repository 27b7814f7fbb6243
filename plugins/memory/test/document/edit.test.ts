import { describe, expect, test } from 'vitest';
import * as fc from '../../../../test/support/fast-check.ts';
import { addNote, countNotes, removeNote, type Addition } from '../../src/document/edit.ts';

const title = 'Remember';

function add(document: string, note: string): Extract<Addition, { kind: 'added' }> {
  const addition = addNote(document, note, title);
  if (addition.kind !== 'added') throw new Error('a duplicate');
  return addition;
}

function added(document: string, note: string): string {
  return add(document, note).text;
}

describe('where a note goes', () => {
  test.each([
    ['an empty document', '', '## Remember\n\n- new\n'],
    ['a document without the section', '# Title\n\ntext\n', '# Title\n\ntext\n\n## Remember\n\n- new\n'],
    ['a blank last line', '# Title\n\n', '# Title\n\n## Remember\n\n- new\n'],
    ['no line end at the end', '# Title', '# Title\n\n## Remember\n\n- new'],
    ['the section at the end', '## Remember\n\n- old\n', '## Remember\n\n- old\n- new\n'],
    ['the section, no line end at the end', '## Remember\n\n- old', '## Remember\n\n- old\n- new'],
    ['the section alone', '## Remember\n', '## Remember\n\n- new\n'],
    ['the section, blank lines behind', '## Remember\n\n- old\n\n\n', '## Remember\n\n- old\n- new\n\n\n'],
    [
      'the section in the middle',
      '## Remember\n- old\n\n## Next\nx\n',
      '## Remember\n- old\n- new\n\n## Next\nx\n',
    ],
    [
      'an underlined heading behind',
      '## Remember\n- old\n\nNext\n===\n',
      '## Remember\n- old\n- new\n\nNext\n===\n',
    ],
    [
      'a smaller heading in it',
      '## Remember\n### Sub\n- old\n# End\n',
      '## Remember\n### Sub\n- old\n- new\n# End\n',
    ],
    ['text in it', '## Remember\n\nRules:\n', '## Remember\n\nRules:\n\n- new\n'],
    ['a note of several lines in it', '## Remember\n- old\n  more\n', '## Remember\n- old\n  more\n- new\n'],
    ['CRLF line ends', '# T\r\n\r\n## Remember\r\n- old\r\n', '# T\r\n\r\n## Remember\r\n- old\r\n- new\r\n'],
    ['CRLF, no section', '# T\r\n', '# T\r\n\r\n## Remember\r\n\r\n- new\r\n'],
    ['a byte order mark', '\xEF\xBB\xBF## Remember\n- old\n', '\xEF\xBB\xBF## Remember\n- old\n- new\n'],
    ['a byte order mark alone', '\xEF\xBB\xBF', '\xEF\xBB\xBF## Remember\n\n- new\n'],
    [
      'a heading in fenced code',
      '```\n## Remember\n```\n# T\n',
      '```\n## Remember\n```\n# T\n\n## Remember\n\n- new\n',
    ],
    [
      'a heading in a comment',
      '<!--\n## Remember\n-->\n',
      '<!--\n## Remember\n-->\n\n## Remember\n\n- new\n',
    ],
    ['code that nothing ends', '```sh\nx\n', '```sh\nx\n```\n\n## Remember\n\n- new\n'],
    ['a comment that nothing ends', '## Remember\n<!-- x', '## Remember\n<!-- x\n-->\n\n- new'],
    ['the section at another level', '# Remember\n- a\n## B\n# C\n', '# Remember\n- a\n## B\n\n- new\n# C\n'],
    [
      'fenced code in the section',
      '## Remember\n```\n# comment\n```\n# End\n',
      '## Remember\n```\n# comment\n```\n\n- new\n# End\n',
    ],
  ])('%s', (_name, before, after) => {
    expect(added(before, 'new')).toBe(after);
  });

  test('the line told is where the note is', () => {
    for (const before of [
      '',
      'a',
      'a\n',
      '## Remember\n- x\n\n## B\n',
      '\xEF\xBB\xBFa\r\n',
      '## Remember\ntext',
    ]) {
      const addition = add(before, 'new');
      expect(addition.text.split('\n')[addition.line - 1]?.replace('\r', '')).toBe('- new');
    }
  });

  test('further lines are indented below the first', () => {
    expect(added('## Remember\n', 'one\n\n  two\r\nthree\n\n')).toBe(
      '## Remember\n\n- one\n\n    two\n  three\n',
    );
  });
});

test.each([
  ['- known\n', 'known', 1],
  ['x\n\n* known \r\n', ' known', 3],
  ['1. known\n', 'known', 1],
  ['- known\n  and more\n- known\n', 'known', 3],
  ['- a\n  b\n', 'a\nb', 1],
  ['- Use `pnpm`, always.\n', 'use pnpm,  ALWAYS', 1],
  ['- don\xE2\x80\x99t\n', "don't!", 1],
  ['- \xC3\x84pfel\n', '\xC3\xA4pfel', 1],
])('in %j the note %j is found', (document, note, line) => {
  expect(addNote(document, note, title)).toMatchObject({ kind: 'duplicate', line });
});

test.each([
  ['- known not\n', 'known'],
  ['known\n', 'known'],
  ['- known\n  and more\n', 'known'],
  ['```\n- known\n```\n', 'known'],
  ['<!--\n- known\n-->\n', 'known'],
  ['- write C\n', 'write C#'],
  ['- lint .\n', 'lint'],
  ['- delete *.ts\n', 'delete .ts'],
  ['- test --run\n', 'test -- --run'],
])('in %j the note %j is not', (document, note) => {
  expect(addNote(document, note, title).kind).toBe('added');
});

test('taking a note back removes it alone, wherever it has moved', () => {
  const addition = add('# T\n', 'a');
  expect(removeNote(added(addition.text, 'b'), 'a', addition)).toBe('# T\n\n## Remember\n\n- b\n');
  expect(removeNote('- b\n- a\n', 'a', { inserted: '\n- a', newSection: false })).toBe('- b\n');
  expect(removeNote('not - a\n', 'a', { inserted: '- a\n', newSection: false })).toBeUndefined();
  expect(removeNote('- a\n  edited\n', 'a', { inserted: '- a\n', newSection: false })).toBeUndefined();
});

test('notes are counted in their section', () => {
  expect(countNotes('- no\n## Remember\n- a\n  - b\n* c\n# End\n- no\n', title)).toBe(2);
});

const line = fc.constantFrom(
  '',
  '# T',
  '## Remember',
  '- a',
  '- b',
  '  c',
  'text',
  '```',
  '~~~~',
  '<!--',
  '-->',
  '---',
  '===',
  '\xC3\xA0',
  '\xFF',
);
const document = fc
  .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.boolean())
  .map(
    ([lines, eol, ended, marked]) => (marked ? '\xEF\xBB\xBF' : '') + lines.join(eol) + (ended ? eol : ''),
  );
const note = fc.constantFrom('new', 'new\nlines', 'voil\xC3\xA0', '# new', '- new');

test('in any document, what was there stays byte for byte and undo restores it', () => {
  fc.assert(
    fc.property(document, note, (before, note) => {
      const addition = add(before, note);
      const { text, inserted } = addition;
      const at = text.lastIndexOf(inserted);
      const isInsertion = text.slice(0, at) + text.slice(at + inserted.length) === before;
      return (
        isInsertion &&
        removeNote(text, note, addition) === before &&
        addNote(text, note, title).kind === 'duplicate'
      );
    }),
    { numRuns: 3000 },
  );
});
