import { expect, test } from 'vitest';
import * as fc from '../../../test/support/fast-check.ts';
import { Frame, textWidth, type Cursor } from '../src/index.ts';
import { Emulator } from './support/emulator.ts';

function open(columns: number, rows: number) {
  const emulator = new Emulator(columns, rows);
  const writes: string[] = [];
  const frame = new Frame({
    write: (data) => writes.push(data),
    size: () => ({ columns: emulator.columns, rows: emulator.rows }),
  });
  const settle = async (): Promise<void> => {
    for (const data of writes.splice(0)) await emulator.write(data);
  };
  return { emulator, frame, writes, settle };
}

test('a changed row is the only one that is sent', async () => {
  const { frame, writes, settle, emulator } = open(40, 10);
  frame.render(['one', 'two', 'three'], { row: 0, column: 3 });
  await settle();
  frame.render(['one', 'TWO', 'three'], { row: 0, column: 3 });
  expect(writes.join('')).not.toContain('one');
  expect(writes.join('')).not.toContain('three');
  await settle();
  expect(emulator.lines).toEqual(['one', 'TWO', 'three']);
  expect(emulator.cursor).toEqual({ row: 0, column: 3 });
});

test('what has not changed is not sent', () => {
  const { frame, writes } = open(40, 10);
  frame.render(['one', 'two'], { row: 0, column: 1 });
  frame.render(['one', 'two'], { row: 0, column: 1 });
  expect(writes).toHaveLength(1);
});

test('each change is one write', () => {
  const { frame, writes } = open(40, 10);
  frame.render(['one', 'two']);
  frame.above('news');
  frame.clear();
  expect(writes).toHaveLength(3);
});

test('a frame that was cleared leaves nothing behind', async () => {
  const { frame, settle, emulator } = open(20, 5);
  await emulator.write('before\r\n');
  frame.render(['1', '2', '3', '4', '5', '6', '7']);
  frame.clear();
  await settle();
  await emulator.write('after');
  expect(emulator.screen.filter((line) => line !== '')).toEqual(['after']);
});

test('text printed above a narrowed terminal keeps the frame whole', async () => {
  const { frame, settle, emulator } = open(60, 12);
  await emulator.write('settled\r\n');
  frame.render(['x'.repeat(55), 'y'.repeat(30)], { row: 1, column: 4 });
  await settle();
  emulator.resize(20, 12);
  frame.render(['x'.repeat(20), 'y'.repeat(20)], { row: 1, column: 4 });
  frame.above('news');
  await settle();
  expect(emulator.lines).toEqual(['settled', 'news', 'x'.repeat(20), 'y'.repeat(20)]);
});

test('what is printed above may change the frame in the same write', async () => {
  const { frame, writes, settle, emulator } = open(40, 10);
  frame.render(['unfinished', '> edited'], { row: 1, column: 3 });
  await settle();
  frame.above('unfinished line', { rows: ['> edited'], cursor: { row: 0, column: 4 } });
  expect(writes).toHaveLength(1);
  await settle();
  expect(emulator.lines).toEqual(['unfinished line', '> edited']);
  expect(emulator.cursor).toEqual({ row: 1, column: 4 });
});

test('rows that others left at the end of the screen are adopted without being drawn again', async () => {
  const { frame, writes, settle, emulator } = open(10, 10);
  await emulator.write('settled\r\nunfinished');
  frame.adopt(['unfinished']);
  frame.render(['unfinished', '> edited'], { row: 1, column: 2 });
  expect(writes.join('')).not.toContain('unfinished');
  await settle();
  expect(emulator.lines).toEqual(['settled', 'unfinished', '> edited']);
  frame.clear();
  await settle();
  expect(emulator.lines).toEqual(['settled']);
});

const row = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '\x1b[31m', '\x1b[0m', '日', 'é'),
  maxLength: 50,
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ render: fc.array(row, { minLength: 1, maxLength: 8 }), at: fc.nat() }),
  },
  fc.record({
    above: fc.array(fc.string({ unit: fc.constantFrom('n', 'm'), minLength: 1, maxLength: 39 }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  fc.record({ clear: fc.constant(true) }),
);

test('what the screen shows is what was rendered, after any sequence of changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { frame, settle, emulator } = open(40, 9);
      const above: string[] = [];
      let shown: readonly string[] = [];
      let cursor: Cursor = { row: 0, column: 0 };
      for (const change of steps) {
        if ('render' in change) {
          shown = change.render;
          const at = change.at % shown.length;
          cursor = { row: at, column: Math.min(textWidth(shown[at]!), 39) };
          frame.render(shown, cursor);
        } else if ('above' in change) {
          above.push(...change.above);
          frame.above(change.above.join('\n'));
        } else {
          shown = [];
          frame.clear();
        }
      }
      await settle();
      const expected = [...above, ...shown.map(visible)];
      while (expected.at(-1) === '') expected.pop();
      expect(emulator.lines).toEqual(expected);
      if (shown.length > 0) {
        expect(emulator.cursor).toEqual({ row: above.length + cursor.row, column: cursor.column });
      }
    }),
    { numRuns: 300 },
  );
});

/** What of a row a terminal of 40 columns shows: its text, cut where it is too long. */
function visible(text: string): string {
  const plain = text.replaceAll(/\x1b\[\d+m/g, '');
  if (textWidth(plain) <= 40) return plain.trimEnd();
  let kept = '';
  for (const character of plain) {
    if (textWidth(kept + character) > 39) break;
    kept += character;
  }
  return `${kept}…`;
}
