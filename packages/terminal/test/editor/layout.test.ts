import { expect, test } from 'vitest';
import * as fc from '../../../../test/support/fast-check.ts';
import { layOut } from '../../src/editor/layout.ts';

const prompt = '> ';

test.each([
  ['', 0, ['> '], { row: 0, column: 2 }],
  ['abc', 1, ['> abc'], { row: 0, column: 3 }],
  ['abcdefgh', 8, ['> abcdefgh', ''], { row: 1, column: 0 }],
  ['abcdefghi', 8, ['> abcdefgh', 'i'], { row: 1, column: 0 }],
  ['a\nbc', 4, ['> a', '  bc'], { row: 1, column: 4 }],
  ['a\nbc', 1, ['> a', '  bc'], { row: 0, column: 3 }],
  ['1234567日', 8, ['> 1234567', '日'], { row: 1, column: 2 }],
])('%j with the cursor at %i', (text, cursor, rows, at) => {
  expect(layOut({ prompt, text, cursor, columns: 10, height: 5 })).toEqual({ rows, cursor: at });
});

test('of a text higher than the screen the part around the cursor is shown', () => {
  const text = Array.from({ length: 10 }, (_, index) => `l${index}`).join('\n');
  const end = layOut({ prompt, text, cursor: text.length, columns: 10, height: 3 });
  expect(end).toEqual({ rows: ['  l7', '  l8', '  l9'], cursor: { row: 2, column: 4 } });
  const start = layOut({ prompt, text, cursor: 0, columns: 10, height: 3 });
  expect(start).toEqual({ rows: ['> l0', '  l1', '  l2'], cursor: { row: 0, column: 2 } });
});

/** The plain way, for texts of plain characters. */
function naive(text: string, cursor: number, columns: number, height: number) {
  const rows: string[] = [];
  let at = { row: 0, column: 0 };
  let row = prompt;
  const mark = (): void => void (at = { row: rows.length, column: row.length });
  for (const [index, character] of [...text, ''].entries()) {
    if (index === cursor && row.length === columns) [row] = [(rows.push(row), '')];
    if (index === cursor) mark();
    if (character === '\n') [row] = [(rows.push(row), '  ')];
    else {
      if (row.length === columns && character !== '') [row] = [(rows.push(row), '')];
      row += character;
    }
  }
  rows.push(row);
  const first = Math.max(0, at.row - height + 1);
  return { rows: rows.slice(first, first + height), cursor: { row: at.row - first, column: at.column } };
}

test('of a long text, the part that is arranged is arranged as in the whole', () => {
  const line = fc
    .tuple(fc.nat(600), fc.constantFrom('a', 'bc', 'def '))
    .map(([length, word]) => word.repeat(length).slice(0, length));
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 30 }),
      fc.nat(),
      fc.integer({ min: 10, max: 30 }),
      (lines, at, columns) => {
        const text = lines.join('\n');
        const cursor = at % (text.length + 1);
        expect(layOut({ prompt, text, cursor, columns, height: 5 })).toEqual(naive(text, cursor, columns, 5));
      },
    ),
    { numRuns: 300 },
  );
});
