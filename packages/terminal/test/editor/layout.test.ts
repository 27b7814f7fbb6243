import { expect, test } from 'vitest';
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
