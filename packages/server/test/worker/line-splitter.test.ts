import { expect, it } from 'vitest';
import {
  array,
  assert,
  constantFrom,
  integer,
  nat,
  property,
  string,
} from '../../../../test/support/fast-check.ts';
import { createLineSplitter, type SplitLine } from '../../src/worker/line-splitter.ts';

function split(bytes: Buffer, cuts: readonly number[], maxBytes: number): SplitLine[] {
  const splitter = createLineSplitter(maxBytes);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const lines: SplitLine[] = [];
  let start = 0;
  for (const end of ends) {
    lines.push(...splitter.push(bytes.subarray(start, end)));
    start = end;
  }
  return [...lines, ...splitter.end()];
}

it('gives the same text wherever the stream is cut, and never a whole line that is too long', () => {
  assert(
    property(
      string({ unit: constantFrom('a', 'é', '😀', '\n', '{'), maxLength: 200 }),
      array(nat(), { maxLength: 10 }),
      integer({ min: 1, max: 40 }),
      (text, cuts, maxBytes) => {
        const lines = split(Buffer.from(text), cuts, maxBytes);
        const joined = lines.map((line) => (line.whole ? `${line.text}\n` : line.text)).join('');
        expect(joined.replace(/\n$/, '')).toBe(text.replace(/\n$/, ''));
        for (const line of lines)
          if (line.whole) expect(Buffer.byteLength(line.text)).toBeLessThanOrEqual(maxBytes);
      },
    ),
  );
});
